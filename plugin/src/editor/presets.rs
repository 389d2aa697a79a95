//! The browser of presets: to choose, save, rename and delete them.

use super::files::Files;
use super::models::heading;
use super::theme;
use super::widgets::{button, line, panel, row};
use crate::editing::{Editing, file_of};
use crate::preset::Preset;
use egui::{Align, Key, Layout, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use nice_plug::prelude::ParamSetter;

/// The largest size of the panel.
const MOST: egui::Vec2 = vec2(760.0, 480.0);
/// Width of the list.
const LIST: f32 = 250.0;

/// The panel, and what is typed in it.
#[derive(Default)]
pub struct PresetBrowser {
    open: bool,
    search: String,
    /// Name, category and description of what is to be saved.
    fields: [String; 3],
    /// A preset of this name is there: saving once more replaces it.
    replaces: Option<String>,
    /// The preset whose card is shown, where that is not the current one.
    shown: Option<Preset>,
    /// The name that is being typed for the shown preset, and whether it is to be deleted.
    renamed: Option<String>,
    deletes: bool,
    /// The field for the name is to get the keyboard.
    focus: bool,
}

impl PresetBrowser {
    /// Opens the panel; `saves` is whether a name is to be typed at once.
    pub fn open(&mut self, editing: &mut Editing, saves: bool) {
        editing.refresh();
        let name = editing.current().0;
        let mine = editing.bank().named(&name).filter(|preset| !preset.is_factory());
        let category = mine.map_or("User", |preset| &preset.category).to_owned();
        let description = mine.map_or_else(String::new, |preset| preset.description.clone());
        *self = Self { open: true, fields: [name, category, description], focus: saves, ..Self::default() };
    }

    /// Draws the panel, if it is open.
    pub fn show(&mut self, ui: &Ui, editing: &mut Editing, files: &mut Files, setter: &ParamSetter) {
        if !self.open {
            return;
        }
        let size = (ui.ctx().content_rect().size() - vec2(48.0, 40.0)).min(MOST);
        let goes_on = panel(ui, "presets", size, |ui| {
            self.top(ui, editing);
            ui.add_space(6.0);
            let height = size.y - 136.0;
            ui.horizontal_top(|ui| {
                if let Some(preset) = self.list(ui, height, editing) {
                    editing.load(&preset, setter);
                    let fields = [&preset.name, &preset.category, &preset.description];
                    *self = Self { open: true, search: std::mem::take(&mut self.search), ..Self::default() };
                    self.fields = fields.map(Clone::clone);
                }
                ui.add_space(10.0);
                ui.vertical(|ui| {
                    ui.set_max_height(height);
                    let current = editing.bank().named(&editing.current().0).cloned();
                    let shown = self.shown.clone().filter(|_| self.renamed.is_none());
                    match shown.or(current) {
                        Some(preset) => self.card(ui, &preset, editing, files),
                        None => drop(ui.label("Each preset says here what it is for, and what goes where.")),
                    }
                });
            });
            ui.add_space(6.0);
            self.bottom(ui, editing, files);
        });
        self.open &= goes_on;
    }

    fn top(&mut self, ui: &mut Ui, editing: &mut Editing) {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Presets").size(16.0).color(theme::TEXT));
            ui.add_space(10.0);
            let hint = RichText::new("search").color(theme::TEXT_WEAK);
            let field = TextEdit::singleline(&mut self.search).hint_text(hint).desired_width(160.0);
            let field = ui.add(field.margin(egui::Margin::symmetric(6, 4)));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search presets"));
            ui.add_space(8.0);
            ui.checkbox(&mut editing.keeps_model, "Keep the model")
                .on_hover_text("Presets leave the model as it is");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, "Close", 60.0, true, ["Close presets", "Back to the sound (Esc)"]).clicked() {
                    self.open = false;
                }
            });
        });
    }

    /// All presets by category; the one that was clicked.
    fn list(&mut self, ui: &mut Ui, height: f32, editing: &Editing) -> Option<Preset> {
        let (mut clicked, size) = (None, vec2(LIST, height));
        let current = editing.current().0;
        ui.allocate_ui_with_layout(size, Layout::top_down_justified(Align::LEFT), |ui| {
            ui.set_min_size(size);
            ScrollArea::vertical().id_salt("presets").auto_shrink(false).show(ui, |ui| {
                for (category, factory, presets) in editing.bank().categories() {
                    let found: Vec<&&Preset> = presets.iter().filter(|preset| self.finds(preset)).collect();
                    if found.is_empty() {
                        continue;
                    }
                    let title = category.to_uppercase();
                    heading(ui, &if factory { title } else { format!("{title}  ·  YOURS") });
                    for preset in found {
                        let (name, called) = (&preset.name, format!("Preset {}", preset.name));
                        let row = row(ui, name, theme::TEXT, *name == current, &called);
                        if row.hovered() {
                            self.shown = Some((**preset).clone());
                        }
                        if row.clicked() {
                            clicked = Some((**preset).clone());
                        }
                    }
                }
                for error in &editing.bank().errors {
                    ui.label(RichText::new(error).size(12.0).color(theme::WARNING));
                }
            });
        });
        clicked
    }

    fn finds(&self, preset: &Preset) -> bool {
        let text = format!("{} {} {} {}", preset.name, preset.category, preset.description, preset.routing);
        let text = text.to_lowercase();
        self.search.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    /// The current preset; of the user's also how to rename and delete it.
    fn card(&mut self, ui: &mut Ui, preset: &Preset, editing: &mut Editing, files: &mut Files) {
        ui.label(RichText::new(&preset.name).size(16.0).color(theme::TEXT));
        ui.label(RichText::new(&preset.description).color(theme::TEXT));
        if !preset.routing.is_empty() {
            ui.add_space(4.0);
            ui.label(RichText::new(&preset.routing).color(theme::TEXT_WEAK));
        }
        if let Some(model) = &preset.model {
            let model = format!("model: {}", model.display());
            line(ui, &model, ui.available_width(), theme::TEXT_WEAK, ["Model of the preset", &model]);
        }
        let Some(path) = file_of(preset) else { return };
        let file = path.display().to_string();
        line(ui, &file, ui.available_width(), theme::TEXT_WEAK, ["File of the preset", &file]);
        ui.add_space(4.0);
        if let Some(name) = &mut self.renamed {
            let field = ui.add(TextEdit::singleline(name).margin(egui::Margin::symmetric(6, 4)));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "New name"));
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if entered && let Some(name) = self.renamed.take() {
                let renamed = editing.rename(path, &name).map(|()| format!("renamed to {}", name.trim()));
                files.say(renamed);
                self.shown = None;
                self.fields[0] = name.trim().to_owned();
            }
        }
        ui.horizontal(|ui| {
            if button(ui, "Rename", 70.0, true, ["Rename", "Gives this preset another name (Enter takes it)"])
                .clicked()
            {
                self.renamed = Some(preset.name.clone());
            }
            let (face, hint) = match self.deletes {
                false => ("Delete", "Deletes this preset's file, once you click again"),
                true => ("Really delete", "Deletes this preset's file now"),
            };
            if button(ui, face, 80.0, true, [face, hint]).clicked() {
                if self.deletes {
                    let deleted = editing.delete(preset).map(|()| format!("deleted {}", preset.name));
                    files.say(deleted);
                    self.shown = None;
                }
                self.deletes = !self.deletes;
            }
        });
    }

    /// What saves the current sound.
    fn bottom(&mut self, ui: &mut Ui, editing: &mut Editing, files: &mut Files) {
        let mut entered = false;
        ui.horizontal(|ui| {
            let widths = [180.0, 110.0, ui.available_width() - 180.0 - 110.0 - 130.0];
            let hints = ["name", "category", "what it is for"];
            let names = ["Preset name", "Preset category", "Preset description"];
            for (index, text) in self.fields.iter_mut().enumerate() {
                let hint = RichText::new(hints[index]).color(theme::TEXT_WEAK);
                let field = TextEdit::singleline(text).hint_text(hint).desired_width(widths[index]);
                let field = ui.add(field.margin(egui::Margin::symmetric(6, 4)));
                field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, names[index]));
                if index == 0 && std::mem::take(&mut self.focus) {
                    field.request_focus();
                }
                entered |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            }
            let name = self.fields[0].trim().to_owned();
            let replaces = self.replaces.as_ref() == Some(&name);
            let face = if replaces { "Replace" } else { "Save" };
            let clicked =
                button(ui, face, 80.0, !name.is_empty(), [face, "Saves the sound as it is now"]).clicked();
            if (clicked || entered) && !name.is_empty() {
                self.save(&name, replaces, editing, files);
            }
        });
        let folder = editing.folder().map_or("none".to_owned(), |folder| folder.path().display().to_string());
        let (said, colour) = match &self.replaces {
            Some(name) => (format!("{name} is there already: Replace, or another name"), theme::WARNING),
            None => (format!("your folder: {folder}"), theme::TEXT_WEAK),
        };
        let hint = "Presets are files in this folder; REMEL_PRESETS names another one";
        line(ui, &said, ui.available_width(), colour, ["Folder of presets", hint]);
    }

    fn save(&mut self, name: &str, replaces: bool, editing: &mut Editing, files: &mut Files) {
        if !replaces && editing.folder().is_some_and(|folder| folder.has(name)) {
            self.replaces = Some(name.to_owned());
            return;
        }
        self.replaces = None;
        let saved = editing.save(self.fields.each_ref().map(String::as_str), replaces);
        files.say(saved.map(|path| format!("saved {}", path.display())));
    }
}
