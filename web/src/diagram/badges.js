// Where a badge goes: under its element, unless something is there that it would cover.
const HEIGHT = 21;
const GAP = 5;

/** How wide the text is in diagram units: a badge is written in 13 px. */
const widthOf = (text) => 14 + [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) < 0x2e80 ? 7.5 : 13), 0);

const box = ({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height });
const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether a flow, whose parts are level or upright, runs through a box. */
function crosses({ waypoints }, place) {
  return waypoints.slice(1).some((to, index) => {
    const from = waypoints[index];
    return meets(place, {
      left: Math.min(from.x, to.x), right: Math.max(from.x, to.x) + 1, top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) + 1
    });
  });
}

/** The badge's middle and top, relative to its element; the first place of those that cover least. */
export function placeBadge(element, text, others) {
  const { x, y, width, height } = element;
  const half = widthOf(text) / 2;
  const attached = (element.attachers ?? []).map(box);
  const below = element.labels?.find((label) => label.y >= y + height / 2);
  const floor = Math.max(y + height, below ? below.y + below.height : 0);
  const lowest = Math.max(floor, ...attached.map(({ bottom }) => bottom));
  const middle = x + width / 2;
  const beside = attached.flatMap(({ left, right }) => [left - half - 2, right + half + 2]).filter((at) => Math.abs(at - middle) <= half);
  const places = [[middle, floor + GAP], ...beside.map((at) => [at, floor + GAP]), [middle, y - HEIGHT - GAP], [middle, lowest + GAP]];
  const cost = ([at, top]) => {
    const place = { left: at - half, right: at + half, top, bottom: top + HEIGHT };
    const covered = others.filter((other) => other !== element && (other.waypoints ? crosses(other, place) : meets(place, box(other))));
    return covered.reduce((sum, { waypoints }) => sum + (waypoints ? 1 : 10), 0);
  };
  const [best] = places.map((each) => ({ each, cost: cost(each) })).sort((a, b) => a.cost - b.cost);
  return { left: best.each[0] - x, top: best.each[1] - y };
}
