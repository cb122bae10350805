"""Long text: what is kept of HTML, and what blocks a text has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import richtext

WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p{mso-x:1}</style></head><body>"
    "<!--[if gte mso 9]><xml><o:x>1</o:x></xml><![endif]--><h1>事实</h1>"
    '<p class="MsoNormal" style="mso-pagination:none">共 &lt;3 人，<b><span>重点<o:p></o:p></span></b></p>'
    "<ol><li>一条</li><li><p>二条</p></li></ol><ul><li>点</ul><h3>细节</h3><script>alert(1)</script></body></html>"
)


def test_markup_of_a_word_processor_becomes_text() -> None:
    assert richtext.cleaned(WORD) == "一、事实\n共 <3 人，**重点**\n1. 一条\n2. 二条\n- 点\n（一）细节"


def test_blocks_are_told_by_how_lines_begin() -> None:
    found = richtext.blocks("一、事实\n（一）经过\n**重点**在此\n· 甲\n3. 乙\n\n一、以句号结尾的不是标题。")
    assert [block.kind for block in found] == [
        *("heading", "subheading", "paragraph", "item", "numbered", "paragraph")
    ]
    assert found[2].runs == (("重点", True), ("在此", False))
    assert found[4].number == 3


@pytest.mark.parametrize(
    "text", ["4403**********1234", "4403**1234**", "a ** b ** c", "****", "甲 < 乙 且 乙 > 丙"]
)
def test_what_only_looks_like_marks_stays(text: str) -> None:
    assert richtext.plain(richtext.cleaned(text)) == text


def test_documents_print_no_marks() -> None:
    assert richtext.plain("同意。**从重**处理。") == "同意。从重处理。"


@given(st.text(alphabet="<>/pbulioh1 =\"'&;!-*\n一、（）1.甲", max_size=200))
def test_cleaning_keeps_what_it_has_cleaned(text: str) -> None:
    once = richtext.cleaned(text)
    assert "<p>" not in once and "<script" not in once
    richtext.blocks(once)
