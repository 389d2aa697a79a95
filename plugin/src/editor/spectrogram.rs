//! A mel spectrogram that scrolls, with its axes.

use super::axes::{Axes, hz_text};
use super::columns::{Columns, FRAMES, RANGE_DB, colour};
use super::{help, theme};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, pos2, vec2,
};
use remel::mel::Dialect;

/// Height of the line above the picture, and of that with seconds below it.
const LINES: [f32; 2] = [18.0, 17.0];
/// Width of the frequencies at its left.
const GUTTER: f32 = 30.0;
/// Size of the scale of levels.
const SCALE: [f32; 2] = [46.0, 8.0];

/// The last few seconds of one signal.
pub struct Spectrogram {
    title: &'static str,
    /// The name of its sentence.
    help: &'static str,
    axes: Option<Axes>,
    columns: Columns,
    texture: Option<TextureHandle>,
}

impl Spectrogram {
    /// An empty picture.
    pub fn new(title: &'static str, help: &'static str) -> Self {
        Self { title, help, axes: None, columns: Columns::new(1), texture: None }
    }

    /// Shows frames of `dialect` from here on. Those of another are forgotten.
    pub fn follow(&mut self, dialect: &Dialect) {
        if self.axes.as_ref().is_none_or(|axes| !axes.are_of(dialect)) {
            self.columns = Columns::new(dialect.n_mels);
            self.axes = Some(Axes::new(dialect));
            self.texture = None;
        }
    }

    /// Appends a frame of the `dialect` that is shown, `[n_mels]`, low bands first.
    pub fn push(&mut self, dialect: &Dialect, frame: &[f32]) {
        self.columns.push(dialect, frame);
    }

    /// Forgets the texture, which lives as long as one window.
    pub fn close(&mut self) {
        self.texture = None;
    }

    /// Draws the picture into `rect`, with what is under the mouse in words.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect) {
        let [above, below] = LINES;
        let place = Rect::from_min_max(rect.min + vec2(GUTTER, above), rect.max - vec2(0.0, below));
        let response = ui.interact(place, ui.scope_id().with(self.help), Sense::hover());
        let pointed = response.hover_pos().and_then(|at| self.words(place, at));
        help::tell(&response, Role::Image, self.title, pointed.as_deref().unwrap_or_default());
        // Beside the picture, where it does not cover what is being read.
        let title = Rect::from_min_max(pos2(place.left(), rect.top()), pos2(place.right(), place.top() - 1.0));
        help::explain(&ui.interact(title, response.id.with("title"), Sense::hover()), self.help);
        self.picture(ui, place);
        let painter = ui.painter();
        painter.rect_stroke(place, 2.0, Stroke::new(1.0, theme::EDGE), StrokeKind::Outside);
        self.scales(painter, rect, place);
        let at = pos2(place.left(), rect.top() + above / 2.0 - 1.0);
        let (words, colour) = match pointed {
            Some(words) => (words, theme::TEXT),
            None => (self.title.to_owned(), theme::ACCENT),
        };
        painter.text(at, Align2::LEFT_CENTER, words, theme::title_font(), colour);
        if let Some(at) = response.hover_pos() {
            let stroke = Stroke::new(1.0, Color32::from_white_alpha(90));
            painter.hline(place.x_range(), at.y, stroke);
            painter.vline(at.x, place.y_range(), stroke);
        }
    }

    /// What is at a place of the picture: frequency, time and level.
    fn words(&self, place: Rect, at: Pos2) -> Option<String> {
        let axes = self.axes.as_ref()?;
        let share = (place.bottom() - at.y) / place.height();
        let ago = ((place.right() - at.x) / place.width() * FRAMES as f32) as usize;
        let band = ((share * axes.n_mels() as f32) as usize).min(axes.n_mels() - 1);
        let hz = hz_text(axes.hz(share));
        let seconds = ago as f64 * axes.frame_s();
        let level = self.columns.level_db(ago, band)?;
        Some(format!("{hz}   −{seconds:.2} s   {level:.0} dB").replace(" -", " −"))
    }

    /// The frames, the newest at the right. What is new goes into the texture; the rest is there.
    fn picture(&mut self, ui: &Ui, place: Rect) {
        let options = TextureOptions::LINEAR;
        match &mut self.texture {
            Some(texture) if !self.columns.is_recoloured() => {
                for (column, image) in self.columns.take_new() {
                    texture.set_partial([column, 0], image, options);
                }
            }
            Some(texture) => texture.set(self.columns.take_all(), options),
            None => self.texture = Some(ui.ctx().load_texture(self.title, self.columns.take_all(), options)),
        }
        let Some(texture) = &self.texture else { return };
        // The texture is a ring: what was written last ends at `next`, and the oldest frame is there.
        let next = self.columns.next() as f32 / FRAMES as f32;
        let seam = place.right() - place.width() * next;
        let mut mesh = Mesh::with_texture(texture.id());
        let uv = |from: f32, to: f32| Rect::from_min_max(pos2(from, 0.0), pos2(to, 1.0));
        let older = Rect::from_min_max(place.min, pos2(seam, place.bottom()));
        let newer = Rect::from_min_max(pos2(seam, place.top()), place.max);
        mesh.add_rect_with_uv(older, uv(next, 1.0), Color32::WHITE);
        mesh.add_rect_with_uv(newer, uv(0.0, next), Color32::WHITE);
        ui.painter().add(Shape::mesh(mesh));
    }

    /// Hz, seconds and decibels around the picture.
    fn scales(&self, painter: &Painter, rect: Rect, place: Rect) {
        let (font, weak) = (theme::small_font(), theme::TEXT_WEAK);
        let tick = Stroke::new(1.0, theme::TEXT_WEAK);
        let below = |x: f32| pos2(x, rect.bottom());
        if let Some(axes) = &self.axes {
            for (label, share) in axes.hz_labels(place.height(), 15.0) {
                let y = place.bottom() - place.height() * share;
                painter.hline(place.left() - 4.0..=place.left(), y, tick);
                painter.text(pos2(place.left() - 6.0, y), Align2::RIGHT_CENTER, label, font.clone(), weak);
            }
            let seconds = FRAMES as f64 * axes.frame_s();
            for second in 1..=seconds as usize {
                let x = place.right() - place.width() * (second as f64 / seconds) as f32;
                if x > place.left() + 10.0 {
                    painter.vline(x, place.bottom()..=place.bottom() + 3.0, tick);
                    painter.text(below(x), Align2::CENTER_BOTTOM, format!("−{second}"), font.clone(), weak);
                }
            }
        }
        painter.text(below(place.left() - 6.0), Align2::RIGHT_BOTTOM, "Hz", font.clone(), weak);
        painter.text(below(place.right()), Align2::RIGHT_BOTTOM, "0 s", font.clone(), weak);
        // The colours of levels, from the darkest to the brightest.
        let [darkest, brightest] = self.columns.range_db();
        let middle = rect.top() + LINES[0] / 2.0 - 1.0;
        let words = format!("{brightest:.0} dB").replace('-', "−");
        let right = painter.text(pos2(place.right(), middle), Align2::RIGHT_CENTER, words, font.clone(), weak);
        let bar = Rect::from_min_max(
            pos2(right.left() - 5.0 - SCALE[0], middle - SCALE[1] / 2.0),
            pos2(right.left() - 5.0, middle + SCALE[1] / 2.0),
        );
        let mut mesh = Mesh::default();
        for step in 0..=8u32 {
            let share = step as f32 / 8.0;
            let colour = colour(darkest + RANGE_DB * share, [darkest, brightest]);
            let x = bar.left() + bar.width() * share;
            mesh.colored_vertex(pos2(x, bar.top()), colour);
            mesh.colored_vertex(pos2(x, bar.bottom()), colour);
            if step > 0 {
                let last = 2 * step;
                mesh.add_triangle(last - 2, last - 1, last);
                mesh.add_triangle(last - 1, last, last + 1);
            }
        }
        painter.add(Shape::mesh(mesh));
        painter.rect_stroke(bar, 0.0, Stroke::new(1.0, theme::EDGE), StrokeKind::Outside);
        let words = format!("{darkest:.0}").replace('-', "−");
        painter.text(pos2(bar.left() - 5.0, middle), Align2::RIGHT_CENTER, words, font, weak);
    }
}
