//! Two rows: the model and its file; the preset, undo and A/B.

use super::files::Files;
use super::hands::Hands;
use super::icons::Icon;
use super::models::ModelBrowser;
use super::presets::PresetBrowser;
use super::widgets::{BUTTON_HEIGHT, button, chooser, icon, line};
use super::{choice, device, steps, theme};
use crate::catalogue::Catalogue;
use crate::editing::Editing;
use crate::params::RemelParams;
use crate::preset::Direction;
use crate::report::{LoadState, Summary};
use egui::{Align, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use nice_plug::prelude::ParamSetter;
use remel::checkpoint::Bundled;

/// Width of the name of the program, and of what names a row.
const NAME_WIDTH: f32 = 118.0;
const ROW_NAME_WIDTH: f32 = 46.0;
/// Width of an arrow.
const ARROW: f32 = 24.0;
/// Space between the rows.
const ROW_GAP: f32 = 6.0;
/// Narrowest and widest that a chooser gets.
const CHOOSER: [f32; 2] = [150.0, 240.0];

/// The header, and the panels that open from it.
pub struct Header {
    editing: Editing,
    catalogue: Catalogue,
    models: ModelBrowser,
    presets: PresetBrowser,
    files: Files,
}

impl Header {
    /// One that works with these hands.
    pub fn new(editing: Editing) -> Self {
        Self {
            editing,
            catalogue: Catalogue::default(),
            models: ModelBrowser::default(),
            presets: PresetBrowser::default(),
            files: Files::default(),
        }
    }

    /// An editor opens: models and presets may be others than before.
    pub fn opened(&mut self) {
        self.catalogue.refresh();
        self.editing.refresh();
    }

    /// Draws the header and what has opened from it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        params: &RemelParams,
        summary: &Summary,
        hands: &mut Hands,
        setter: &ParamSetter,
    ) {
        self.editing.follow();
        steps::keys(ui, &mut self.editing, setter);
        self.files.follow(ui, params, &mut self.editing, setter);
        let whole = ui.max_rect();
        ui.scope_builder(UiBuilder::new().max_rect(whole), |ui| {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.label(RichText::new("Remel").heading().strong().color(theme::TEXT));
                ui.label(RichText::new("diffusion vocoder").size(12.5).color(theme::TEXT_WEAK));
            });
        });
        let row = |index: f32| {
            let top = whole.top() + index * (BUTTON_HEIGHT + ROW_GAP);
            Rect::from_min_max(pos2(whole.left() + NAME_WIDTH, top), pos2(whole.right(), top + BUTTON_HEIGHT))
        };
        self.row(ui, row(0.0), |header, ui| header.model_row(ui, params, summary, hands, setter));
        self.row(ui, row(1.0), |header, ui| header.preset_row(ui, setter));
        let Self { editing, catalogue, models, presets, files } = self;
        models.show(ui, params, summary, catalogue, editing, files);
        presets.show(ui, editing, files, setter);
    }

    fn row(&mut self, ui: &mut Ui, rect: Rect, show: impl FnOnce(&mut Self, &mut Ui)) {
        let layout = Layout::left_to_right(Align::Center);
        ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            show(self, ui);
        });
    }

    fn model_row(
        &mut self,
        ui: &mut Ui,
        params: &RemelParams,
        summary: &Summary,
        hands: &mut Hands,
        setter: &ParamSetter,
    ) {
        row_name(ui, "Model");
        let file = params.chosen().file.unwrap_or_else(|| Bundled::default().name().into());
        for (next, face, name) in [(false, Icon::Previous, "Previous model"), (true, Icon::Next, "Next model")]
        {
            let hint = if next { "The next model of the list" } else { "The model before it in the list" };
            if icon(ui, face, ARROW, true, [name, hint]).clicked()
                && let Some(beside) = self.catalogue.beside(&file, next)
            {
                self.editing.choose_file(&beside);
            }
        }
        let name = summary.model.as_ref().map_or("No model yet", |model| &model.name);
        let hint = "Bundled models and yours, with what each is and costs";
        if chooser(ui, name, chooser_width(ui), ["Models", hint]).clicked() {
            self.models.open(&mut self.catalogue, summary.missing.as_deref());
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (place, _) = ui.allocate_exact_size(vec2(72.0, BUTTON_HEIGHT), egui::Sense::empty());
            choice::switch(ui, place, "bypass", &params.bypass, hands, setter);
            device::cog(ui, params, summary, &mut self.editing);
            let hint = "Chooses a model file in the system's dialog";
            if button(ui, "Open…", 58.0, true, ["Open a model file", hint]).clicked() {
                self.files.ask_for_model();
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| self.place(ui, params, summary));
        });
    }

    /// Where the model lies, or what keeps it from being there.
    fn place(&self, ui: &mut Ui, params: &RemelParams, summary: &Summary) {
        let width = ui.available_width();
        if let Some(missing) = &summary.missing {
            if button(ui, "Search", 58.0, true, ["Search", "Looks for the file once more"]).clicked() {
                params.choose(params.chosen());
            }
            let said = format!("missing: {}", missing.display());
            let folder = crate::search::folder().map_or(String::new(), |folder| folder.display().to_string());
            let hint = format!("{said}\nPut it into {folder}, or open it where it is");
            line(ui, &said, width - 64.0, theme::ERROR, ["Model path", &hint]);
            return;
        }
        if summary.load_state == LoadState::Loading || params.attempt.lock().is_some() {
            ui.spinner();
            line(ui, "loading; what was heard goes on", width - 26.0, theme::TEXT_WEAK, ["Loading", ""]);
            return;
        }
        let file = params.model.read().choice.file.clone();
        let line_of_card = summary.model.as_ref().map_or("", |model| &model.line);
        let said = match file.filter(|file| Bundled::named(file).is_none()) {
            Some(file) => file.display().to_string(),
            None => format!("bundled  ·  {line_of_card}"),
        };
        line(ui, &said, width, theme::TEXT_WEAK, ["Model path", &format!("{said}\n{line_of_card}")]);
    }

    fn preset_row(&mut self, ui: &mut Ui, setter: &ParamSetter) {
        row_name(ui, "Preset");
        for (direction, face, name) in [
            (Direction::Previous, Icon::Previous, "Previous preset"),
            (Direction::Next, Icon::Next, "Next preset"),
        ] {
            let hint = if direction == Direction::Next { "The next preset" } else { "The preset before it" };
            if icon(ui, face, ARROW, true, [name, hint]).clicked() {
                self.files.said = None;
                self.editing.walk(direction, setter);
            }
        }
        let (name, changed) = self.editing.current();
        let shown = match (name.as_str(), changed) {
            ("", _) => "None".to_owned(),
            (name, true) => format!("{name} *"),
            (name, false) => name.to_owned(),
        };
        if chooser(ui, &shown, chooser_width(ui), ["Presets", "All presets: choose, save, rename, delete"])
            .clicked()
        {
            self.presets.open(&mut self.editing, false);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            steps::compare(ui, &mut self.editing, setter);
            ui.add_space(6.0);
            steps::undo(ui, &mut self.editing, setter);
            if button(ui, "Save", 48.0, true, ["Save the preset", "Saves the sound as a preset of yours"])
                .clicked()
            {
                self.presets.open(&mut self.editing, true);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let width = ui.available_width();
                if self.files.is_busy() {
                    self.files.show(ui, width);
                } else if let Some(preset) = self.editing.bank().named(&name) {
                    let hint = format!("{}\n{}", preset.description, preset.routing);
                    line(ui, &preset.description, width, theme::TEXT_WEAK, ["Preset description", &hint]);
                }
            });
        });
    }
}

fn row_name(ui: &mut Ui, name: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ROW_NAME_WIDTH, BUTTON_HEIGHT), egui::Sense::hover());
    let font = egui::FontId::proportional(12.5);
    ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, name, font, theme::TEXT_WEAK);
}

/// The same in both rows, so that they align.
fn chooser_width(ui: &Ui) -> f32 {
    (ui.ctx().content_rect().width() * 0.24).clamp(CHOOSER[0], CHOOSER[1])
}
