// Charts by uPlot, in the page's colours and as wide as their place.
import uPlot from './uplot.js';

const HEIGHT = 180;

export const bars = () => uPlot.paths.bars({ size: [0.8, 60] });

/** The values of a series that a line does not show, since there are none beside them: they are drawn as points. */
export const alone = (plot, series) => plot.data[series].flatMap((value, i, values) =>
  (has(value) && !has(values[i - 1]) && !has(values[i + 1]) ? [i] : []));

const has = (value) => value !== null && value !== undefined;

/** How the chart's place, or an element of its figure, looks in the colours that the page has now. */
const style = (place, selector) => getComputedStyle(selector ? place.closest('figure').querySelector(selector) : place);

/**
 * Makes a chart in an element, instead of what is there; its series name their colours by selectors of CSS.
 *
 * @returns a function that draws new data
 */
export function chart(place, options) {
  const width = () => Math.max(200, place.clientWidth);
  const quiet = { stroke: () => style(place).color, grid: { stroke: () => style(place).borderTopColor, width: 1 }, ticks: { show: false }, size: 44 };
  if (place.end) {
    place.end();
  }
  const made = new uPlot({
    width: width(),
    height: HEIGHT,
    cursor: { drag: { setScale: false } },
    ...options,
    series: options.series.map((series) => ({ ...series,
      ...(series.stroke ? { stroke: () => style(place, series.stroke).color } : {}),
      ...(series.fill ? { fill: () => style(place, series.fill).color } : {}) })),
    axes: options.axes.map((axis, i) => ({ ...quiet, ...(i === 0 ? { size: 28 } : {}), ...axis, grid: { ...quiet.grid, ...axis.grid } })),
  }, [[], ...options.series.slice(1).map(() => [])], place);
  const resized = new ResizeObserver(() => {
    if (made.width !== width()) {
      made.setSize({ width: width(), height: HEIGHT });
    }
  });
  resized.observe(place);
  place.end = () => {
    resized.disconnect();
    made.destroy();
  };
  return (data) => made.setData(data);
}
