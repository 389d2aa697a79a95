//! The name, the model and its device, and bypass.

use super::hands::Hands;
use super::{choice, theme};
use crate::choices::{BackendChoice, ModelChoice};
use crate::params::RemelParams;
use crate::report::Summary;
use crate::search;
use egui::{Align, Button, ComboBox, Layout, RichText, Sense, TextEdit, Ui};
use nice_plug::prelude::ParamSetter;
use remel::checkpoint::Bundled;
use std::path::PathBuf;
use std::thread::available_parallelism;

/// Width of the field for a model file with its buttons, and the space before it.
const FILE_WIDTH: f32 = 366.0;

/// What is being typed.
#[derive(Default)]
pub struct Header {
    file: String,
    /// The missing file that was last put there, to be corrected.
    corrected: Option<PathBuf>,
}

impl Header {
    /// Draws the header, and takes a new choice of model.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        params: &RemelParams,
        summary: &Summary,
        hands: &mut Hands,
        setter: &ParamSetter,
    ) {
        if summary.missing != self.corrected {
            self.file = summary.missing.as_ref().map_or(String::new(), |path| path.display().to_string());
            self.corrected.clone_from(&summary.missing);
        }
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.set_width(96.0);
                ui.label(RichText::new("Remel").heading().strong().color(theme::TEXT));
                ui.label(RichText::new("diffusion vocoder").small().color(theme::TEXT_WEAK));
            });
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - FILE_WIDTH).max(200.0));
                ui.add_space(3.0);
                model(ui, params, summary);
            });
            ui.add_space(18.0);
            ui.with_layout(Layout::top_down(Align::Max), |ui| {
                ui.horizontal(|ui| {
                    let bypass = &params.bypass;
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let (place, _) = ui.allocate_exact_size(egui::vec2(80.0, 22.0), Sense::empty());
                        choice::switch(ui, place, "bypass", bypass, hands, setter);
                        ui.add_space(6.0);
                        device(ui, params);
                        ui.add_space(6.0);
                        threads(ui, params);
                    });
                });
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.file(ui, params));
                });
            });
        });
    }

    /// A field for the path of a model file, and the buttons that load it or a bundled model.
    fn file(&mut self, ui: &mut Ui, params: &RemelParams) {
        let choice = params.chosen();
        let chosen = choice.file.as_deref().map_or(Some(Bundled::default()), Bundled::named);
        let load = |file: &str| params.choose(ModelChoice { file: Some(file.into()), ..choice.clone() });
        for bundled in Bundled::ALL.into_iter().rev() {
            let button = Button::new(bundled.name()).selected(chosen == Some(bundled));
            if ui.add_sized([44.0, 22.0], button).clicked() {
                self.file.clear();
                load(bundled.name());
            }
        }
        let typed = !self.file.trim().is_empty();
        let clicked = ui.add_enabled(typed, Button::new("Load").min_size(egui::vec2(44.0, 22.0))).clicked();
        let hint = RichText::new("path of a model file").color(theme::TEXT_WEAK);
        let field = TextEdit::singleline(&mut self.file).hint_text(hint).desired_width(f32::INFINITY);
        let field = ui.add(field.margin(egui::Margin::symmetric(6, 3)));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if (clicked || entered) && typed {
            load(self.file.trim());
        }
    }
}

/// The model's name and line; of one that is missing, which file it is, and a button that looks for it once more.
fn model(ui: &mut Ui, params: &RemelParams, summary: &Summary) {
    if let Some(missing) = &summary.missing {
        let file = missing.file_name().unwrap_or_default().to_string_lossy();
        ui.horizontal(|ui| {
            if ui.button("Search").clicked() {
                params.choose(params.chosen());
            }
            let words = RichText::new(format!("{file} is missing")).size(15.0).color(theme::ERROR);
            ui.add(egui::Label::new(words).truncate());
        });
        let places = match search::folder() {
            Some(folder) => format!("put it into {}, or type where it is", folder.display()),
            None => "type where it is".to_owned(),
        };
        ui.add(egui::Label::new(RichText::new(places).small().color(theme::TEXT_WEAK)).truncate());
        return;
    }
    let (name, line) = match &summary.model {
        Some(card) => (card.name.as_str(), format!("{}  ·  {}", card.backend, card.line)),
        None => ("No model yet", String::new()),
    };
    ui.add(egui::Label::new(RichText::new(name).size(15.0).color(theme::TEXT)).truncate());
    ui.add(egui::Label::new(RichText::new(line).small().color(theme::TEXT_WEAK)).truncate());
}

/// Which device renders, as the user wants it. In a layout from right to left.
fn device(ui: &mut Ui, params: &RemelParams) {
    let chosen = params.chosen();
    for (backend, name) in
        [(BackendChoice::Cpu, "CPU"), (BackendChoice::Gpu, "GPU"), (BackendChoice::Auto, "Auto")]
    {
        let button = Button::new(name).selected(chosen.backend == backend);
        if ui.add_sized([44.0, 22.0], button).clicked() {
            params.choose(ModelChoice { backend, ..chosen.clone() });
        }
    }
}

/// How many threads render on the CPU. In a layout from right to left.
fn threads(ui: &mut Ui, params: &RemelParams) {
    let chosen = params.chosen();
    let most = available_parallelism().map_or(1, usize::from);
    let mut threads = chosen.threads.min(most);
    let name = |threads: usize| if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
    ui.add_enabled_ui(chosen.backend != BackendChoice::Gpu, |ui| {
        ComboBox::from_id_salt("threads").width(86.0).selected_text(name(threads)).show_ui(ui, |ui| {
            for count in 1..=most {
                ui.selectable_value(&mut threads, count, name(count));
            }
        });
    });
    if threads != chosen.threads.min(most) {
        params.choose(ModelChoice { threads, ..chosen });
    }
}
