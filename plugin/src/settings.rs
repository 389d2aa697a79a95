//! How the user likes the editor: saved with a project, never automated.

use nice_plug::editor::dpi::LogicalSize;
use serde::{Deserialize, Serialize};

/// The smallest size at which everything is readable, in logical pixels.
pub const LEAST_SIZE: LogicalSize<f32> = LogicalSize { width: 720.0, height: 480.0 };
/// The largest size that a state is believed.
const MOST_SIZE: LogicalSize<f32> = LogicalSize { width: 7680.0, height: 4320.0 };
/// The sizes of things that the user may choose from.
pub const ZOOMS: [f32; 5] = [1.0, 1.25, 1.5, 1.75, 2.0];

/// The editor's part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditorSettings {
    /// Width in logical pixels, before the zoom.
    pub width: f32,
    /// Height in logical pixels, before the zoom.
    pub height: f32,
    /// How large things are: 1 to 2.
    pub zoom: f32,
    /// Whether sentences explain what the mouse rests on.
    pub tips: bool,
}

impl Default for EditorSettings {
    fn default() -> Self {
        Self { width: 960.0, height: 640.0, zoom: 1.0, tips: true }
    }
}

impl EditorSettings {
    /// The same with a size and a zoom that there can be, whatever a state says.
    pub fn held(self) -> Self {
        let within = |value: f32, least: f32, most: f32| value.max(least).min(most);
        Self {
            width: within(self.width, LEAST_SIZE.width, MOST_SIZE.width),
            height: within(self.height, LEAST_SIZE.height, MOST_SIZE.height),
            zoom: within(self.zoom, ZOOMS[0], ZOOMS[ZOOMS.len() - 1]),
            ..self
        }
    }

    /// Width and height in logical pixels.
    pub fn size(self) -> LogicalSize<f32> {
        LogicalSize { width: self.width, height: self.height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_state_makes_a_window_that_cannot_be() {
        let odd = EditorSettings { width: f32::NAN, height: -3.0, zoom: f32::INFINITY, tips: false };
        let held = EditorSettings { width: 720.0, height: 480.0, zoom: 2.0, tips: false };
        assert_eq!(odd.held(), held);
        assert_eq!(EditorSettings::default().held(), EditorSettings::default());
    }

    #[test]
    fn a_state_without_a_part_of_it_loads() {
        let settings: EditorSettings = serde_json::from_str("{\"tips\":false}").expect("settings");
        assert_eq!(settings, EditorSettings { tips: false, ..EditorSettings::default() });
    }
}
