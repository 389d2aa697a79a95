//! Colours, sizes and text styles of the editor, in one place.

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Visuals};

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(15, 17, 22);
/// Behind a group of controls.
pub const PANEL: Color32 = Color32::from_rgb(23, 26, 33);
/// Behind a value: slider troughs, text fields.
pub const TROUGH: Color32 = Color32::from_rgb(10, 11, 15);
/// Lines around panels.
pub const EDGE: Color32 = Color32::from_rgb(42, 47, 58);
/// Text.
pub const TEXT: Color32 = Color32::from_rgb(226, 229, 235);
/// Text that explains.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(142, 150, 165);
/// What the user sets.
pub const ACCENT: Color32 = Color32::from_rgb(232, 137, 74);
/// The accent under text.
pub const ACCENT_DARK: Color32 = Color32::from_rgb(122, 66, 32);
/// All is well.
pub const GOOD: Color32 = Color32::from_rgb(96, 186, 134);
/// Something the user should know.
pub const WARNING: Color32 = Color32::from_rgb(235, 184, 83);
/// Something that is wrong.
pub const ERROR: Color32 = Color32::from_rgb(232, 92, 86);

/// The latency's terms, one colour each, reused from the start where there are more.
pub const TERMS: [Color32; 6] = [
    Color32::from_rgb(88, 139, 196),
    Color32::from_rgb(83, 170, 160),
    Color32::from_rgb(146, 176, 92),
    Color32::from_rgb(214, 170, 84),
    Color32::from_rgb(212, 120, 96),
    Color32::from_rgb(160, 118, 190),
];

/// Space between panels and around them.
pub const GAP: f32 = 10.0;
/// Height of the rows with the model and the preset.
pub const HEADER_HEIGHT: f32 = 58.0;
/// Height of the groups of controls.
pub const CONTROLS_HEIGHT: f32 = 222.0;
/// Height of the bar with latency and load.
pub const FOOTER_HEIGHT: f32 = 66.0;

/// Makes `context` look like Remel.
pub fn apply(context: &egui::Context) {
    context.set_theme(egui::Theme::Dark);
    context.all_styles_mut(|style| {
        style.visuals = visuals();
        style.spacing.item_spacing = egui::vec2(6.0, 4.0);
        style.spacing.button_padding = egui::vec2(3.0, 2.0);
        style.spacing.interact_size.y = 20.0;
        style.interaction.selectable_labels = false;
        for (text, size) in [
            (TextStyle::Heading, 22.0),
            (TextStyle::Body, 13.0),
            (TextStyle::Button, 12.5),
            (TextStyle::Small, 11.0),
        ] {
            style.text_styles.insert(text, FontId::new(size, FontFamily::Proportional));
        }
        style.text_styles.insert(TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace));
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = PANEL;
    visuals.extreme_bg_color = TROUGH;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(TEXT_WEAK);
    visuals.selection.bg_fill = ACCENT_DARK;
    visuals.selection.stroke = Stroke::new(1.0, TEXT);
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(3);
        widget.fg_stroke = Stroke::new(1.0, TEXT);
        widget.bg_stroke = Stroke::new(1.0, EDGE);
        widget.bg_fill = TROUGH;
        widget.weak_bg_fill = TROUGH;
    }
    widgets.hovered.bg_stroke = Stroke::new(1.0, TEXT_WEAK);
    widgets.active.weak_bg_fill = ACCENT_DARK;
    // The stock slider frames itself in this colour.
    widgets.active.bg_fill = EDGE;
    visuals
}
