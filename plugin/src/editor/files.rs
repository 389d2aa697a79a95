//! Files from outside: dialogs, what is dropped on the window, and audio files on their way through the vocoder.

use super::dialog::{Answer, Dialog};
use super::icons::Icon;
use super::widgets::{button, icon, line};
use super::{help, theme};
use crate::bounce::{Bounce, Progress};
use crate::catalogue;
use crate::drops::Dropped;
use crate::editing::Editing;
use crate::params::RemelParams;
use crate::search;
use egui::{Align2, Color32, FontId, ProgressBar, Role, Ui, vec2};
use nice_plug::prelude::ParamSetter;
use remel::audio::write_whole;
use std::path::{Path, PathBuf};

/// What a dialog is open for.
enum Wanted {
    /// A model to load.
    Model,
    /// A place for this sound.
    Copy(PathBuf),
}

/// What goes on with files.
#[derive(Default)]
pub struct Files {
    dialog: Option<(Wanted, Dialog)>,
    bounce: Option<Bounce>,
    /// What came of the latest of it, and whether that is an error.
    pub said: Option<(String, bool)>,
}

impl Files {
    /// Asks for a model.
    pub fn ask_for_model(&mut self) {
        let folder = search::folder();
        let dialog = Dialog::open("Models", &catalogue::ENDINGS, folder.as_deref());
        self.dialog.get_or_insert((Wanted::Model, dialog));
    }

    /// Whether there is something to be shown of files.
    pub fn is_busy(&self) -> bool {
        self.bounce.is_some() || self.said.is_some()
    }

    /// Says something of files until something else happens.
    pub fn say(&mut self, result: remel::Result<String>) {
        self.said = Some(match result {
            Ok(said) => (said, false),
            Err(error) => (error.to_string(), true),
        });
    }

    /// Takes answers of dialogs and files that were dropped on the window.
    pub fn follow(&mut self, ui: &Ui, params: &RemelParams, editing: &mut Editing, setter: &ParamSetter) {
        if let Some((_, dialog)) = &mut self.dialog
            && let Some(answer) = dialog.answer()
            && let Some((wanted, _)) = self.dialog.take()
        {
            self.answered(&wanted, answer, editing);
        }
        let (dropped, hovers) = ui.ctx().input(|input| {
            let dropped = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            (dropped.collect::<Vec<_>>(), !input.raw.hovered_files.is_empty())
        });
        if !dropped.is_empty() {
            let done = Dropped::of(&dropped).and_then(|dropped| self.take(dropped, params, editing, setter));
            if let Err(error) = done {
                self.say(Err(error));
            }
        }
        if hovers {
            invite(ui);
        }
    }

    fn answered(&mut self, wanted: &Wanted, answer: Answer, editing: &mut Editing) {
        match (answer, wanted) {
            (Answer::Chosen(file), Wanted::Model) => {
                self.said = None;
                editing.choose_file(&file);
            }
            (Answer::Chosen(to), Wanted::Copy(from)) => {
                let copied = copy(from, &to).map(|()| format!("saved {}", to.display()));
                self.say(copied);
            }
            (Answer::Cancelled, _) => {}
            (Answer::Unavailable, Wanted::Model) => {
                let said =
                    "this system shows no file dialog: choose from the list, type a path, or drop a file";
                self.said = Some((said.to_owned(), true));
            }
            (Answer::Unavailable, Wanted::Copy(from)) => {
                let said = format!("this system shows no file dialog: the file is {}", from.display());
                self.said = Some((said, true));
            }
        }
    }

    /// Does what is to be done with files that were dropped.
    fn take(
        &mut self,
        dropped: Dropped,
        params: &RemelParams,
        editing: &mut Editing,
        setter: &ParamSetter,
    ) -> remel::Result<()> {
        self.said = None;
        match dropped {
            Dropped::Model(file) => editing.choose_file(&file),
            Dropped::Preset(file) => {
                let notices = editing.load_file(&file, setter)?;
                if !notices.is_empty() {
                    self.said = Some((format!("left out: {}", notices.join("; ")), false));
                }
            }
            // The one before it ends.
            Dropped::Audio(files) => self.bounce = Some(Bounce::start(files, params)?),
        }
        Ok(())
    }

    /// What goes on, in `width`.
    pub fn show(&mut self, ui: &mut Ui, width: f32) {
        match self.bounce.as_ref().map(Bounce::progress) {
            Some(Progress::Running(file, share)) => self.progress(ui, width, &file, share),
            Some(Progress::Done(written)) => self.written(ui, width, &written),
            Some(Progress::Failed(error)) => {
                self.bounce = None;
                self.said = Some((error, true));
            }
            None => {}
        }
        if let (None, Some((said, wrong))) = (&self.bounce, self.said.clone()) {
            let colour = if wrong { theme::ERROR } else { theme::TEXT_WEAK };
            line(ui, &said, width - 30.0, colour, ["Notice", &said]);
            if icon(ui, Icon::Close, 24.0, true, ["Close the notice", "Got it"]).clicked() {
                self.said = None;
            }
        }
    }

    fn progress(&mut self, ui: &mut Ui, width: f32, file: &Path, share: f32) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bar =
            ProgressBar::new(share).fill(theme::ACCENT_DARK).text(format!("{name}  {:.0} %", 100.0 * share));
        let response = ui.add_sized(vec2(width - 32.0, 20.0), bar);
        let said = format!("{:.0} %", 100.0 * share);
        help::tell(&response, Role::ProgressIndicator, "Rendering a file", &said);
        if icon(ui, Icon::Close, 24.0, true, ["Cancel the render", "Stops rendering the file"]).clicked() {
            self.bounce = None;
        }
    }

    fn written(&mut self, ui: &mut Ui, width: f32, written: &[PathBuf]) {
        let Some(last) = written.last() else { return };
        let said = match written {
            [file] => format!("rendered {}", file.display()),
            files => format!("rendered {} files beside their originals", files.len()),
        };
        line(ui, &said, width - 104.0, theme::TEXT_WEAK, ["Rendered", &said]);
        let hint = "Copies what was rendered to a place of your choice";
        if button(ui, "Save as…", 68.0, true, ["Save as…", hint]).clicked() && self.dialog.is_none() {
            self.dialog = Some((Wanted::Copy(last.clone()), Dialog::save_as(last)));
        }
        if icon(ui, Icon::Close, 24.0, true, ["Close the notice", "Got it"]).clicked() {
            self.bounce = None;
        }
    }
}

/// Copies `from` over `to`, whole or not at all.
fn copy(from: &Path, to: &Path) -> remel::Result<()> {
    if from == to {
        return Ok(());
    }
    let mut source = std::fs::File::open(from).map_err(|e| remel::Error::io(from, e))?;
    write_whole(to, |target| std::io::copy(&mut source, target).map(drop))
}

/// Says over everything what may be dropped.
fn invite(ui: &Ui) {
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
    let (painter, whole) = (ui.ctx().layer_painter(layer), ui.ctx().content_rect());
    painter.rect_filled(whole, 0.0, Color32::from_black_alpha(200));
    let words = "Drop a model to load it, a preset to set it, or audio to render it";
    painter.text(whole.center(), Align2::CENTER_CENTER, words, FontId::proportional(18.0), theme::TEXT);
}
