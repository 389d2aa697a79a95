//! What the editor says of itself: every widget's name, value and place, as a screen reader would hear it.

use egui::accesskit::{Role, Toggled, TreeUpdate};
use egui::{FullOutput, Rect, pos2};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

/// A widget in the latest picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// What it says: the text of a value, what is written in a field. Empty where it says nothing.
    pub value: String,
    /// What kind of widget it is.
    pub role: Role,
    /// Where it is, in logical pixels.
    pub place: Rect,
    /// Whether it is on, for widgets that are on or off.
    pub on: Option<bool>,
    /// Whether the keyboard's keys go to it.
    pub focused: bool,
}

/// The latest picture, in words.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// How many pictures there have been.
    pub frame: u64,
    /// Physical pixels per logical pixel.
    pub scale: f32,
    /// All widgets that have a name or a value.
    pub nodes: Vec<Node>,
}

static WATCHED: OnceLock<Arc<Mutex<Look>>> = OnceLock::new();

/// From here on every editor that opens in this process says what it shows, here.
pub fn watch() -> Arc<Mutex<Look>> {
    WATCHED.get_or_init(Arc::default).clone()
}

/// Lets those who watch look at what `egui` shows.
pub(super) fn install(egui: &egui::Context) {
    if let Some(look) = WATCHED.get() {
        egui.enable_accesskit();
        egui.add_plugin(Tap(look.clone()));
    }
}

struct Tap(Arc<Mutex<Look>>);

impl egui::Plugin for Tap {
    fn debug_name(&self) -> &'static str {
        "nodes"
    }

    fn output_hook(&mut self, egui: &egui::Context, output: &mut FullOutput) {
        if let Some(tree) = &output.platform_output.accesskit_update {
            let mut look = self.0.lock();
            look.frame += 1;
            look.scale = egui.pixels_per_point();
            look.nodes = nodes(tree);
        }
    }
}

/// The widgets of a tree that have a name or a value.
pub(super) fn nodes(tree: &TreeUpdate) -> Vec<Node> {
    let named = tree.nodes.iter().filter_map(|(id, node)| {
        let place = node.bounds()?;
        let name = node.label().unwrap_or_default().to_owned();
        let value = match (node.value(), node.numeric_value()) {
            (Some(value), _) => value.to_owned(),
            (None, Some(number)) => number.to_string(),
            (None, None) => String::new(),
        };
        (!name.is_empty() || !value.is_empty()).then(|| Node {
            name,
            value,
            role: node.role(),
            place: Rect::from_min_max(
                pos2(place.x0 as f32, place.y0 as f32),
                pos2(place.x1 as f32, place.y1 as f32),
            ),
            on: node.toggled().map(|toggled| toggled == Toggled::True),
            focused: tree.focus == *id,
        })
    });
    named.collect()
}
