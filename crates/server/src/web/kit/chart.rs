//! Charts: data that `web/js/charts.js` draws with ECharts. Each stands above the table that says the same, so that nothing is
//! told by a drawing alone.

use serde::Serialize;

use super::Tone;

/// A drawing, as the script reads it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Chart {
    /// Bars, one stack for each category; lying, with the first on top, where `lying`.
    Bars { lying: bool, unit: String, categories: Vec<String>, series: Vec<Series> },
    /// Lines over days.
    Lines { unit: String, days: Vec<String>, series: Vec<Series> },
    /// Five numbers for each category: least, lower quartile, median, upper quartile, most.
    Boxes { unit: String, categories: Vec<String>, names: [String; 5], boxes: Vec<Datum<[f64; 5]>> },
    /// Points within curves.
    Funnel { across: String, up: String, spots: Vec<Spot>, curves: Vec<Curve> },
}

/// Values of one kind, a value for each category or day.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    /// What they are.
    pub name: String,
    /// Their colour; without one they get one of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone: Option<&'static str>,
    /// The values.
    pub data: Vec<Datum<Option<f64>>>,
}

/// A value, and the page of its rows.
#[derive(Clone, Debug, Serialize)]
pub struct Datum<V> {
    /// The value.
    pub value: V,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// A point with a name.
#[derive(Clone, Debug, Serialize)]
pub struct Spot {
    /// Whose it is.
    pub name: String,
    /// Across and up.
    pub value: [f64; 2],
    /// Its colour.
    pub tone: &'static str,
    /// Where it leads.
    pub href: String,
}

/// A line through points.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// What it is.
    pub name: String,
    /// Whether it is drawn in dashes.
    pub dashed: bool,
    /// Across and up.
    pub points: Vec<[f64; 2]>,
}

impl Chart {
    /// What the script reads.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether there is a value in it.
    pub fn shows_something(&self) -> bool {
        match self {
            Chart::Bars { series, .. } | Chart::Lines { series, .. } => {
                series.iter().flat_map(|series| &series.data).any(|datum| datum.value.is_some())
            }
            Chart::Boxes { boxes, .. } => !boxes.is_empty(),
            Chart::Funnel { spots, .. } => !spots.is_empty(),
        }
    }

    /// How many rows tall it is drawn: lying bars and boxes take one for each category.
    pub fn size(&self) -> &'static str {
        let rows = match self {
            Chart::Bars { lying: true, categories, .. } | Chart::Boxes { categories, .. } => categories.len(),
            _ => 0,
        };
        match rows {
            0..=8 => "chart-low",
            9..=20 => "chart-tall",
            _ => "chart-tallest",
        }
    }
}

impl Series {
    /// Values that lead somewhere each.
    pub fn new(name: impl Into<String>, tone: Option<Tone>, data: Vec<Datum<Option<f64>>>) -> Self {
        Series { name: name.into(), tone: tone.map(Tone::class), data }
    }
}

impl<V> Datum<V> {
    /// A value that leads somewhere.
    pub fn new(value: V, href: impl Into<String>) -> Self {
        Datum { value, href: Some(href.into()) }
    }

    /// A value alone.
    pub fn alone(value: V) -> Self {
        Datum { value, href: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_reads_what_is_there_and_nothing_else() {
        let series = Series::new("甲", Some(Tone::Danger), vec![Datum::new(Some(1.0), "/a"), Datum::alone(None)]);
        let chart = Chart::Bars {
            lying: false,
            unit: String::new(),
            categories: vec!["x".into(), "y".into()],
            series: vec![series],
        };
        let told: serde_json::Value = serde_json::from_str(&chart.json()).expect("JSON");
        assert_eq!(told["kind"], "bars");
        assert_eq!(told["series"][0]["data"][0], serde_json::json!({ "value": 1.0, "href": "/a" }));
        assert_eq!(told["series"][0]["data"][1], serde_json::json!({ "value": null }));
        assert_eq!(told["series"][0]["tone"], "danger");
    }
}
