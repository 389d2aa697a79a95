//! Colours, sizes and text styles of the editor, in one place.

use egui::{Color32, CornerRadius, FontFamily, FontId, Painter, Rect, Stroke, StrokeKind, TextStyle, Visuals};

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
/// Text of what has nothing to do as things are.
pub const TEXT_IDLE: Color32 = Color32::from_rgb(104, 111, 125);
/// What the user sets.
pub const ACCENT: Color32 = Color32::from_rgb(232, 137, 74);
/// The accent under text.
pub const ACCENT_DARK: Color32 = Color32::from_rgb(122, 66, 32);
/// The same under the mouse.
pub const ACCENT_LIT: Color32 = Color32::from_rgb(148, 82, 42);
/// All is well.
pub const GOOD: Color32 = Color32::from_rgb(96, 186, 134);
/// Something the user should know.
pub const WARNING: Color32 = Color32::from_rgb(235, 184, 83);
/// Something that is wrong.
pub const ERROR: Color32 = Color32::from_rgb(232, 92, 86);

/// The latency's terms, one colour each, in the order of the signal.
pub const TERMS: [Color32; 9] = [
    Color32::from_rgb(86, 142, 214),
    Color32::from_rgb(72, 184, 190),
    Color32::from_rgb(104, 178, 92),
    Color32::from_rgb(196, 196, 84),
    Color32::from_rgb(230, 158, 62),
    Color32::from_rgb(214, 98, 84),
    Color32::from_rgb(206, 104, 164),
    Color32::from_rgb(150, 116, 216),
    Color32::from_rgb(150, 156, 168),
];

/// Rounding of bars and buttons.
pub const ROUND: f32 = 3.0;
/// Size of the text on buttons. Nothing is smaller than 12.
pub const BUTTON: f32 = 12.5;

/// The font of a panel's title.
pub fn title_font() -> FontId {
    FontId::proportional(12.0)
}

/// The font of names.
pub fn name_font() -> FontId {
    FontId::proportional(12.5)
}

/// The font of numbers.
pub fn number_font() -> FontId {
    FontId::monospace(12.0)
}

/// The font of what explains: legends, axes, states.
pub fn small_font() -> FontId {
    FontId::proportional(12.0)
}

/// Shows that the keyboard's keys go to what is in `place`.
pub fn focus_ring(painter: &Painter, place: Rect) {
    painter.rect_stroke(place.expand(2.5), 4.0, Stroke::new(1.5, ACCENT), StrokeKind::Outside);
}

/// Space between panels and around them.
pub const GAP: f32 = 10.0;
/// Makes `context` look like Remel.
pub fn apply(context: &egui::Context) {
    context.set_theme(egui::Theme::Dark);
    // The footer has a switch for that, with the sizes that are tested.
    context.options_mut(|options| options.zoom_with_keyboard = false);
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
            (TextStyle::Small, 12.0),
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
    widgets.active.bg_fill = EDGE;
    visuals
}
