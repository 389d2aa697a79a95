//! The browser of models.

use super::files::Files;
use super::theme;
use super::widgets::{button, line, panel, row};
use crate::catalogue::{Catalogue, Entry};
use crate::editing::Editing;
use crate::params::RemelParams;
use crate::report::Summary;
use crate::search;
use egui::{Align, Key, Layout, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use remel::checkpoint::Bundled;
use std::path::{Path, PathBuf};

/// The largest size of the panel.
const MOST: egui::Vec2 = vec2(760.0, 470.0);
/// Share of the width that the list has.
const LIST: f32 = 0.44;

/// The panel, and what is typed in it.
#[derive(Default)]
pub struct ModelBrowser {
    open: bool,
    search: String,
    path: String,
    /// The model whose card is shown, where that is not the one that is loaded.
    shown: Option<PathBuf>,
}

impl ModelBrowser {
    /// Opens the panel, and has models looked for.
    pub fn open(&mut self, catalogue: &mut Catalogue, missing: Option<&Path>) {
        catalogue.refresh();
        self.open = true;
        self.shown = None;
        self.search.clear();
        // A path that is not there is to be corrected.
        self.path = missing.map_or(String::new(), |path| path.display().to_string());
    }

    /// Draws the panel, if it is open.
    pub fn show(
        &mut self,
        ui: &Ui,
        params: &RemelParams,
        summary: &Summary,
        catalogue: &mut Catalogue,
        editing: &mut Editing,
        files: &mut Files,
    ) {
        if !self.open {
            return;
        }
        let size = (ui.ctx().content_rect().size() - vec2(48.0, 40.0)).min(MOST);
        let choice = params.chosen();
        let current = choice.file.clone().unwrap_or_else(|| Bundled::default().name().into());
        let goes_on = panel(ui, "models", size, |ui| {
            self.top(ui, catalogue);
            ui.add_space(6.0);
            let (height, width) = (size.y - 136.0, ui.available_width());
            ui.horizontal_top(|ui| {
                let entries = catalogue.entries().to_vec();
                let found: Vec<&Entry> = entries.iter().filter(|entry| entry.is_found(&self.search)).collect();
                if let Some(file) = self.list(ui, vec2(width * LIST, height), &found, &current) {
                    editing.choose_file(&file);
                    self.shown = Some(file);
                }
                ui.add_space(10.0);
                ui.vertical(|ui| {
                    ui.set_max_height(height);
                    let shown = self.shown.as_deref().unwrap_or(&current);
                    match entries.iter().find(|entry| entry.file == shown) {
                        Some(entry) => card(ui, entry, params, summary),
                        None => unlisted(ui, shown, summary),
                    }
                });
            });
            ui.add_space(6.0);
            self.bottom(ui, editing, files);
        });
        self.open &= goes_on;
    }

    fn top(&mut self, ui: &mut Ui, catalogue: &Catalogue) {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Models").size(16.0).color(theme::TEXT));
            ui.add_space(10.0);
            let hint = RichText::new("search: name, licence, rate …").color(theme::TEXT_WEAK);
            let field = TextEdit::singleline(&mut self.search).hint_text(hint).desired_width(240.0);
            let field = ui.add(field.margin(egui::Margin::symmetric(6, 4)));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search models"));
            if catalogue.is_looking() {
                ui.spinner();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, "Close", 60.0, true, ["Close models", "Back to the sound (Esc)"]).clicked() {
                    self.open = false;
                }
            });
        });
    }

    /// The models of which there is a choice; the file of the one that was clicked.
    fn list(&mut self, ui: &mut Ui, size: egui::Vec2, found: &[&Entry], current: &Path) -> Option<PathBuf> {
        let mut clicked = None;
        ui.allocate_ui_with_layout(size, Layout::top_down_justified(Align::LEFT), |ui| {
            ui.set_min_size(size);
            ScrollArea::vertical().id_salt("models").auto_shrink(false).show(ui, |ui| {
                let mut bundled = None;
                for entry in found {
                    if bundled.replace(entry.is_bundled()) != Some(entry.is_bundled()) {
                        heading(ui, if entry.is_bundled() { "BUNDLED" } else { "YOUR FOLDER" });
                    }
                    let (name, colour) = match entry.problem {
                        Some(_) => (entry.file_name(), theme::TEXT_WEAK),
                        None if entry.name() == entry.file_name() => (entry.name(), theme::TEXT),
                        None => (format!("{}   {}", entry.name(), entry.file_name()), theme::TEXT),
                    };
                    let called = format!("Model {}", entry.file_name());
                    let row = row(ui, &name, colour, entry.file == current, &called);
                    if row.hovered() {
                        self.shown = Some(entry.file.clone());
                    }
                    if row.clicked() && entry.problem.is_none() {
                        clicked = Some(entry.file.clone());
                    }
                }
                if found.is_empty() {
                    ui.label(RichText::new("none is called so").color(theme::TEXT_WEAK));
                }
            });
        });
        clicked
    }

    fn bottom(&mut self, ui: &mut Ui, editing: &mut Editing, files: &mut Files) {
        ui.horizontal(|ui| {
            let hint = RichText::new("path of a model file").color(theme::TEXT_WEAK);
            let field = TextEdit::singleline(&mut self.path).hint_text(hint);
            let field =
                ui.add(field.desired_width(ui.available_width() - 160.0).margin(egui::Margin::symmetric(6, 4)));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Model file"));
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let typed = !self.path.trim().is_empty();
            let clicked = button(ui, "Load", 60.0, typed, ["Load", "Loads the model at this path"]).clicked();
            if (entered || clicked) && typed {
                let path = PathBuf::from(self.path.trim());
                editing.choose_file(&path);
                self.shown = None;
            }
            if button(ui, "Open…", 70.0, true, ["Open…", "Chooses a model file in the system's dialog"])
                .clicked()
            {
                files.ask_for_model();
            }
        });
        let folder = search::folder().map_or("none".to_owned(), |folder| folder.display().to_string());
        let hint = "Models in this folder are listed here; REMEL_MODELS names another one";
        line(
            ui,
            &format!("your folder: {folder}"),
            ui.available_width(),
            theme::TEXT_WEAK,
            ["Folder of models", hint],
        );
    }
}

/// A small title in the accent's colour.
pub fn heading(ui: &mut Ui, title: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(title).size(12.0).color(theme::ACCENT));
}

/// What a model says of itself, and what it costs.
fn card(ui: &mut Ui, entry: &Entry, params: &RemelParams, summary: &Summary) {
    ui.label(RichText::new(entry.name()).size(16.0).color(theme::TEXT));
    line(
        ui,
        &entry.file.display().to_string(),
        ui.available_width(),
        theme::TEXT_WEAK,
        ["File on the card", ""],
    );
    if let Some(problem) = &entry.problem {
        ui.label(RichText::new(problem).color(theme::WARNING));
    }
    let Some(header) = &entry.header else {
        if entry.problem.is_none() {
            ui.label("A checkpoint of another program: its file says nothing of itself before it is loaded.");
        }
        return;
    };
    if let Some(sound) = Bundled::named(&entry.file).map(sound) {
        ui.add_space(4.0);
        ui.label(RichText::new(sound).color(theme::TEXT));
    }
    ui.add_space(6.0);
    let mode = params.latency.value();
    egui::Grid::new("card").num_columns(2).spacing(vec2(14.0, 5.0)).show(ui, |ui| {
        let mut row = |name: &str, value: String| {
            ui.label(RichText::new(name).color(theme::TEXT_WEAK));
            ui.label(RichText::new(value).color(theme::TEXT));
            ui.end_row();
        };
        row("network", format!("{}, {} Hz", header.network.family(), header.rate_hz));
        if let Some(figures) = entry.figures(summary.setup) {
            row("weights", format!("{:.2} million", figures.parameters_m));
            row("work", format!("{:.1} × that of small", figures.work));
            if let Some(latencies_ms) = figures.latencies_ms {
                row("latency", format!("{:.0} ms in {}", latencies_ms[mode as usize], params.latency));
            }
        }
        row("licence", header.card.licence.clone());
    });
    ui.add_space(6.0);
    ScrollArea::vertical().id_salt("provenance").show(ui, |ui| {
        ui.label(RichText::new(&header.card.provenance).size(12.0).color(theme::TEXT_WEAK));
    });
}

/// What is known of a loaded model that is in no list.
fn unlisted(ui: &mut Ui, file: &Path, summary: &Summary) {
    let model = summary.model.as_ref();
    let name = model.map_or_else(|| file.display().to_string(), |model| model.name.clone());
    ui.label(RichText::new(name).size(16.0).color(theme::TEXT));
    line(ui, &file.display().to_string(), ui.available_width(), theme::TEXT_WEAK, ["File on the card", ""]);
    if let Some(model) = model {
        ui.label(RichText::new(&model.line).color(theme::TEXT));
    }
}

/// How a bundled model sounds.
fn sound(model: Bundled) -> &'static str {
    match model {
        Bundled::Small => "Voices and instruments over the full band, at the least work: the one to play live.",
        Bundled::Large => "As small, a little clearer in steady tones and breath; for mixing and export.",
        Bundled::Tts => "Voices up to 11 kHz, from the mel frames that text-to-speech models make.",
    }
}
