// Draws every `<div data-chart="…">` of the page with ECharts: bars, lines, boxes, funnels (crates/server/src/web/kit/chart.rs says what
// they hold). A mark that has a page leads there. The table below each chart says the same, for whoever does not see it.
import { init, use } from "echarts/core";
import { BarChart, BoxplotChart, LineChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, BoxplotChart, LineChart, ScatterChart]);
use([DataZoomComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** With more categories than this, a slider shows a part of them. */
const MOST_CATEGORIES = 40;

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The colours of series without a tone: apart from each other in grey, too. */
const palette = () => ["primary", "warn", "success", "muted", "accent", "info", "edge", "line"].map(token);

const toned = (tone) => (tone ? token(tone === "neutral" ? "edge" : tone) : undefined);

/** What all charts have in common. */
function frame() {
  const text = { color: token("text"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 };
  return {
    animation: false,
    color: palette(),
    textStyle: text,
    grid: { left: 8, right: 32, top: 64, bottom: 8, containLabel: true },
    legend: { type: "scroll", top: 0, left: 0, textStyle: text },
    tooltip: {
      // Rich text is drawn into the picture: no markup, no style that the security policy would refuse.
      renderMode: "richText",
      confine: true,
      backgroundColor: token("surface"),
      borderColor: token("line"),
      textStyle: text,
    },
  };
}

const axis = (type, more) => ({
  type,
  axisLabel: { color: token("muted"), hideOverlap: true },
  nameTextStyle: { align: type === "value" ? "left" : "center" },
  axisLine: { lineStyle: { color: token("edge") } },
  splitLine: { lineStyle: { color: token("line") } },
  ...more,
});

const linked = (datum) => ({ value: datum.value, href: datum.href, cursor: datum.href ? "pointer" : "default" });

/** Long names of categories are cut in the drawing; the table has them whole. */
const names = (categories, more) =>
  axis("category", { data: categories, axisLabel: { color: token("muted"), width: 140, overflow: "truncate" }, ...more });

function slider(categories, lying) {
  if (categories.length <= MOST_CATEGORIES) return [];
  const end = (100 * MOST_CATEGORIES) / categories.length;
  return [{ type: "slider", [lying ? "yAxisIndex" : "xAxisIndex"]: 0, start: 0, end, showDetail: false, width: lying ? 16 : undefined }];
}

const drawings = {
  bars({ lying, unit, categories, series }) {
    const values = axis("value", { name: unit, minInterval: 1 });
    const stacked = series.length > 1;
    return {
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      legend: { show: stacked },
      grid: { top: stacked && unit ? 64 : 40 },
      xAxis: lying ? values : axis("category", { data: categories, axisLabel: { color: token("muted"), interval: 0, width: 90, overflow: "break" } }),
      yAxis: lying ? names(categories, { inverse: true }) : values,
      dataZoom: slider(categories, lying),
      series: series.map((one) => ({
        type: "bar",
        name: one.name,
        stack: stacked ? "all" : undefined,
        barMaxWidth: 36,
        itemStyle: { color: toned(one.tone) },
        data: one.data.map(linked),
      })),
    };
  },

  lines({ unit, days, series }) {
    return {
      tooltip: { trigger: "axis" },
      xAxis: axis("category", { data: days, boundaryGap: false }),
      yAxis: axis("value", { name: unit }),
      series: series.map((one) => ({
        type: "line",
        name: one.name,
        step: "end",
        symbolSize: 6,
        itemStyle: { color: toned(one.tone) },
        data: one.data.map(linked),
      })),
    };
  },

  boxes({ unit, categories, names: parts, boxes }) {
    return {
      tooltip: {
        trigger: "item",
        formatter: ({ name, value }) => [name, ...parts.map((part, place) => `${part} ${value[place + 1]}`)].join("\n"),
      },
      legend: { show: false },
      grid: { top: 16, bottom: 28 },
      xAxis: axis("value", { name: unit, scale: true, nameLocation: "middle", nameGap: 28, nameTextStyle: {} }),
      yAxis: names(categories, { inverse: true }),
      dataZoom: slider(categories, true),
      series: [
        {
          type: "boxplot",
          boxWidth: [6, 22],
          itemStyle: { color: token("primary-soft"), borderColor: token("primary") },
          data: boxes.map(linked),
        },
      ],
    };
  },

  funnel({ across, up, spots, curves }) {
    return {
      tooltip: { trigger: "item", formatter: ({ name, value }) => `${name}\n${across} ${value[0]}\n${up} ${value[1]} %` },
      legend: { data: curves.map((curve) => curve.name) },
      xAxis: axis("value", { name: across, nameLocation: "middle", nameGap: 28, nameTextStyle: {}, min: 0, minInterval: 1 }),
      yAxis: axis("value", { name: up, min: 0, max: 100 }),
      grid: { bottom: 28 },
      series: [
        ...curves.map((curve) => ({
          type: "line",
          name: curve.name,
          data: curve.points,
          showSymbol: false,
          silent: true,
          smooth: true,
          lineStyle: { type: curve.dashed ? "dashed" : "solid", width: 1.5 },
        })),
        {
          type: "scatter",
          symbolSize: 11,
          data: spots.map((spot) => ({ ...linked(spot), name: spot.name, itemStyle: { color: toned(spot.tone) } })),
        },
      ],
    };
  },
};

/** Options of the kind over those of all, one level deep. */
function merged(common, own) {
  const all = { ...common };
  Object.entries(own).forEach(([name, value]) => {
    const both = common[name] && !Array.isArray(value) && typeof value === "object";
    all[name] = both ? { ...common[name], ...value } : value;
  });
  return all;
}

function draw(place) {
  const told = JSON.parse(place.dataset.chart);
  const card = place.closest("section");
  const table = place.closest("figure").querySelector("details");
  const chart = init(place, null, { renderer: "svg" });
  const show = () => chart.setOption(merged(frame(), drawings[told.kind](told)), true);
  show();
  chart.on("click", ({ data }) => {
    if (data && data.href) window.location.assign(data.href);
  });
  window.addEventListener("resize", () => chart.resize());
  // A table takes the whole width, so that no column is out of sight.
  table.addEventListener("toggle", () => {
    if (card) card.classList.toggle("opened", table.open);
    chart.resize();
  });
  // Paper and ink change places when the machine turns dark.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener) dark.addEventListener("change", show);
}

document.querySelectorAll("[data-chart]").forEach(draw);
