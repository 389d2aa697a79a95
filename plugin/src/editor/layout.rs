//! Where everything goes, at every size.

use super::theme::GAP;
use egui::{Rect, pos2, vec2};

/// Below this height rows come closer.
const LOW: f32 = 560.0;
/// Below this width the legend of the latency takes a line more.
const NARROW: f32 = 860.0;

/// The places of the editor's parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The name, the model and its device, and bypass.
    pub header: Rect,
    /// What goes in, with its meter.
    pub input: Rect,
    /// What comes out, with its meter.
    pub output: Rect,
    /// All parameters.
    pub controls: Rect,
    /// Latency, load and what the user should know.
    pub footer: Rect,
}

impl Layout {
    /// The places in a window; the pictures take what is left.
    pub fn of(window: Rect) -> Self {
        let low = window.height() < LOW;
        let whole = window.shrink(if low { GAP } else { GAP + 4.0 });
        let gap = if low { 8.0 } else { GAP };
        let row =
            |top: f32, height: f32| Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), height));
        let footer_height = if window.width() < NARROW { 82.0 } else { 68.0 };
        let controls_height = if low { 204.0 } else { 222.0 };
        let header = row(whole.top(), 58.0);
        let footer = row(whole.bottom() - footer_height, footer_height);
        let controls = row(footer.top() - gap - controls_height, controls_height);
        let pictures = row(header.bottom() + gap, controls.top() - header.bottom() - 2.0 * gap);
        let half = vec2((whole.width() - GAP) / 2.0, pictures.height());
        let input = Rect::from_min_size(pictures.min, half);
        Self { header, input, output: input.translate(vec2(half.x + GAP, 0.0)), controls, footer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_in_the_window_one_below_the_other_at_every_size() {
        for size in [[720.0, 480.0], [960.0, 640.0], [1440.0, 900.0], [2000.0, 500.0], [720.0, 2000.0]] {
            let window = Rect::from_min_size(pos2(0.0, 0.0), size.into());
            let layout = Layout::of(window);
            let Layout { header, input, output, controls, footer } = layout;
            assert!([header, input, output, controls, footer].iter().all(|&part| window.contains_rect(part)));
            assert!(header.bottom() < input.top() && input.bottom() < controls.top(), "{layout:?}");
            assert!(controls.bottom() < footer.top() && input.right() < output.left(), "{layout:?}");
            assert!(input.height() >= 80.0, "{layout:?}");
        }
    }
}
