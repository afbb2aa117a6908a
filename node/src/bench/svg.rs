//! Line plots as SVG, readable on light and on dark pages.

use core::fmt::Write;

use super::measure::{float, ratio};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 84.0;
/// Middle greys and colours that stand out on white as on black.
const INK: &str = "#808080";
const COLOURS: [&str; 6] = ["#3b82c4", "#e07b39", "#4aa564", "#b4589f", "#c9a227", "#7a6fd0"];

/// A line of a plot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What the legend says.
    pub(crate) name: String,
    /// One value for each place on the axis below; nothing where there is none.
    pub(crate) values: Vec<Option<f64>>,
}

/// Lines over places that stand at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    pub(crate) title: String,
    /// What the axis below counts.
    pub(crate) across: String,
    /// What the axis at the left counts.
    pub(crate) up: String,
    /// Names of the places.
    pub(crate) places: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

impl Plot {
    /// The picture.
    pub(crate) fn to_svg(&self) -> String {
        let mut svg = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut svg);
        svg
    }

    fn write(&self, svg: &mut String) -> core::fmt::Result {
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"{INK}\" role=\"img\">"
        )?;
        writeln!(svg, "<title>{}</title>", escaped(&self.title))?;
        let text = Text { anchor: "start", size: 15, turned: false };
        text.write(svg, (LEFT, 22.0), &self.title)?;
        self.write_axes(svg)?;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            self.write_line(svg, line, colour)?;
        }
        self.write_legend(svg)?;
        writeln!(svg, "</svg>")
    }

    /// A round number above all values, and how many steps lead to it.
    fn scale(&self) -> (f64, usize) {
        let values = self.lines.iter().flat_map(|line| line.values.iter().flatten());
        round_above(values.copied().fold(0.0, f64::max))
    }

    fn across(&self, place: usize) -> f64 {
        let steps = float(self.places.len().saturating_sub(1)).max(1.0);
        // A margin at both ends, so that no dot sits on the axis.
        let inner = WIDTH - LEFT - RIGHT - 48.0;
        LEFT + 24.0 + inner * float(place) / steps
    }

    fn up(&self, value: f64) -> f64 {
        let (top, _) = self.scale();
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ratio(value, top)
    }

    fn write_axes(&self, svg: &mut String) -> core::fmt::Result {
        let (top, steps) = self.scale();
        let right = WIDTH - RIGHT;
        let label = Text { anchor: "end", size: 12, turned: false };
        for step in 0..=steps {
            let value = top * float(step) / float(steps.max(1));
            let y = self.up(value);
            writeln!(
                svg,
                "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"{INK}\" stroke-opacity=\"0.3\"/>"
            )?;
            label.write(svg, (LEFT - 8.0, y + 4.0), &number(value))?;
        }
        let label = Text { anchor: "middle", size: 12, turned: false };
        for (at, place) in self.places.iter().enumerate() {
            label.write(svg, (self.across(at), HEIGHT - BOTTOM + 18.0), place)?;
        }
        label.write(svg, (f64::midpoint(LEFT, right), HEIGHT - BOTTOM + 38.0), &self.across)?;
        let label = Text { anchor: "middle", size: 12, turned: true };
        label.write(svg, (18.0, f64::midpoint(TOP, HEIGHT - BOTTOM)), &self.up)
    }

    fn write_line(&self, svg: &mut String, line: &Line, colour: &str) -> core::fmt::Result {
        let dots: Vec<_> = line
            .values
            .iter()
            .enumerate()
            .filter_map(|(at, value)| Some((self.across(at), self.up((*value)?))))
            .collect();
        let path: Vec<_> = dots.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        if path.len() > 1 {
            let path = path.join("L");
            writeln!(
                svg,
                "<path d=\"M{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
            )?;
        }
        for (x, y) in dots {
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>")?;
        }
        Ok(())
    }

    fn write_legend(&self, svg: &mut String) -> core::fmt::Result {
        let label = Text { anchor: "start", size: 12, turned: false };
        let mut x = LEFT;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let y = HEIGHT - 16.0;
            writeln!(
                svg,
                "<path d=\"M{x:.1} {:.1}h20\" stroke=\"{colour}\" stroke-width=\"3\"/>",
                y - 4.0
            )?;
            label.write(svg, (x + 26.0, y), &line.name)?;
            // About seven units for a letter.
            x += 48.0 + 7.0 * float(line.name.chars().count());
        }
        Ok(())
    }
}

/// How a text stands.
struct Text {
    anchor: &'static str,
    size: u32,
    turned: bool,
}

impl Text {
    fn write(&self, svg: &mut String, (x, y): (f64, f64), text: &str) -> core::fmt::Result {
        let Self { anchor, size, turned } = self;
        let turn = if *turned {
            format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"")
        } else {
            String::new()
        };
        let text = escaped(text);
        writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" \
             font-size=\"{size}\"{turn}>{text}</text>"
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The least of 1, 2, 5, 10, ... times a step count that is above `value`.
fn round_above(value: f64) -> (f64, usize) {
    let mut unit = 1e-3;
    while unit < 1e15 {
        for factor in [1.0, 2.0, 5.0] {
            for steps in [4, 5] {
                let top = unit * factor * float(steps);
                if top >= value {
                    return (top, steps);
                }
            }
        }
        unit *= 10.0;
    }
    (value, 1)
}

/// A number as short as it can be read.
fn number(value: f64) -> String {
    if value >= 1e6 {
        trimmed(value / 1e6, " M")
    } else if value >= 1e3 {
        trimmed(value / 1e3, " k")
    } else {
        trimmed(value, "")
    }
}

fn trimmed(value: f64, unit: &str) -> String {
    let digits = format!("{value:.2}");
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_names_its_axes_lines_and_places_and_escapes_them() {
        let plot = Plot {
            title: "Throughput <by> workers".to_owned(),
            across: "workers".to_owned(),
            up: "transactions a second".to_owned(),
            places: vec!["1".to_owned(), "2".to_owned()],
            lines: vec![Line { name: "a & b".to_owned(), values: vec![Some(1_500.0), None] }],
        };
        let svg = plot.to_svg();
        for part in ["&lt;by&gt;", "a &amp; b", "workers", "transactions a second", "2 k"] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert_eq!(svg.matches("<circle").count(), 1);
    }

    #[test]
    fn scales_end_at_round_numbers_above_the_value() {
        assert_eq!(round_above(37.0), (40.0, 4));
        assert_eq!(round_above(41.0), (50.0, 5));
        assert_eq!(round_above(1_500.0), (2_000.0, 4));
    }
}
