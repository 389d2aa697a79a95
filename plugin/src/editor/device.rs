//! What is set once: where the model runs.

use super::help;
use super::icons::Icon;
use super::theme;
use super::widgets::icon;
use crate::choices::{BackendChoice, ModelChoice};
use crate::editing::Editing;
use crate::params::RemelParams;
use crate::report::{ModelSummary, Summary};
use egui::{Button, ComboBox, Label, Popup, RichText, Ui};
use std::thread::available_parallelism;

/// A cog, and behind it the device and its threads.
pub fn cog(ui: &mut Ui, params: &RemelParams, summary: &Summary, editing: &mut Editing) {
    let place = summary.model.as_ref().map_or(String::new(), |model| format!("\n{}", reading(model)));
    let hint = format!("Where the model runs: device and threads{place}");
    let response = icon(ui, Icon::Cog, 30.0, true, ["Device", &hint]);
    Popup::menu(&response).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(230.0);
        ui.label(RichText::new("DEVICE").size(12.0).color(theme::ACCENT));
        device(ui, params, editing);
        ui.add_space(4.0);
        threads(ui, params, editing);
        if let Some(model) = &summary.model {
            let text = RichText::new(reading(model)).size(12.5).color(theme::TEXT_WEAK);
            ui.add(Label::new(text).wrap());
        }
    });
}

/// Where the model runs, and why there.
fn reading(model: &ModelSummary) -> String {
    let why = model.why.as_ref().map_or(String::new(), |why| format!("\n{why}"));
    format!("runs on {}{why}", model.backend)
}

/// Which device renders, as the user wants it.
fn device(ui: &mut Ui, params: &RemelParams, editing: &mut Editing) {
    let chosen = params.chosen();
    ui.horizontal(|ui| {
        for (backend, name) in
            [(BackendChoice::Auto, "Auto"), (BackendChoice::Gpu, "GPU"), (BackendChoice::Cpu, "CPU")]
        {
            let button = Button::new(name).selected(chosen.backend == backend);
            let response = ui.add_sized([70.0, 24.0], button);
            help::explain(&response, "device");
            if response.clicked() {
                editing.choose(ModelChoice { backend, ..chosen.clone() });
            }
        }
    });
}

/// How many threads render on the CPU.
fn threads(ui: &mut Ui, params: &RemelParams, editing: &mut Editing) {
    let chosen = params.chosen();
    let most = available_parallelism().map_or(1, usize::from);
    let mut threads = chosen.threads.min(most);
    let name = |threads: usize| if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
    ui.add_enabled_ui(chosen.backend != BackendChoice::Gpu, |ui| {
        let list = ComboBox::from_id_salt("threads").width(110.0).selected_text(name(threads));
        let list = list.show_ui(ui, |ui| {
            for count in 1..=most {
                ui.selectable_value(&mut threads, count, name(count));
            }
        });
        help::explain(&list.response, "threads");
    });
    if threads != chosen.threads.min(most) {
        editing.choose(ModelChoice { threads, ..chosen });
    }
}
