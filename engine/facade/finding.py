"""Finding: saved filters, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.commands import filters as commands
from engine.commands.once import again
from engine.facade.part import Part
from engine.facade.reads import Box
from engine.model.finding import Criteria, Narrowings, Place, SavedFilter
from engine.queries import filters as reads


class Finding(Part):
    """Filters under a name; what one finds is always what one may see."""

    def choices(self, process: str = "", *, by: str) -> Narrowings:
        """Units, and steps and searchable fields of this process, to narrow lists to."""
        return reads.choices(self._reader, by, process)

    def filters(
        self, by: str, place: Place | None = None, *, manage: bool = False
    ) -> tuple[SavedFilter, ...]:
        """One's own filters in their order, then those of one's groups.

        `manage`: a process administrator gets those of all groups.
        """
        return reads.saved(self._reader, by, place, manage=manage)

    def filter_counts(
        self, by: str, found: Sequence[SavedFilter], box: Box | None = None
    ) -> Mapping[str, int]:
        """Filter id -> how much it finds in a box, without one among cases; 100 stands for 100 and more."""
        return reads.counts(self._reader, by, box, found)

    def save_filter(
        self,
        name: str,
        criteria: Criteria,
        *,
        by: str,
        colour: str = "ink",
        place: Place = "tasks",
        shared_with: str = "",
    ) -> SavedFilter:
        """Keep criteria under a name, for oneself or for a group that one is in."""
        return again(
            lambda: commands.save(
                self._context, name, criteria, colour=colour, place=place, shared_with=shared_with, by=by
            )
        )

    def change_filter(
        self,
        filter_id: str,
        *,
        by: str,
        name: str | None = None,
        colour: str | None = None,
        shared_with: str | None = None,
        criteria: Criteria | None = None,
    ) -> SavedFilter:
        """Change what is given; whoever saved it may, and process administrators if it is shared."""
        return again(
            lambda: commands.change(
                self._context,
                filter_id,
                by=by,
                name=name,
                colour=colour,
                shared_with=shared_with,
                criteria=criteria,
            )
        )

    def remove_filter(self, filter_id: str, *, by: str) -> None:
        """Forget a filter."""
        again(lambda: commands.remove(self._context, filter_id, by=by))

    def move_filter(self, filter_id: str, *, up: bool, by: str) -> None:
        """Move one of one's own filters one place up or down."""
        again(lambda: commands.move(self._context, filter_id, up=up, by=by))
