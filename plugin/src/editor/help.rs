//! One sentence for every control and reading, and whether they are shown.

use egui::accesskit::Role;
use egui::{Context, Id, Label, Response, Tooltip, WidgetInfo};

/// Names of controls (parameters by their ids) and readings, and what they do or say.
pub const HELP: &[(&str, &str)] = &[
    ("mix", "How much of the synthesized sound is heard, the rest being the dry signal at the same latency."),
    (
        "mel_from",
        "What is listened to for what is said: an input, or the mel frames that another program sends over OSC.",
    ),
    (
        "carrier",
        "What synthesis starts from: noise, or a signal that Strength noises and that the model then changes.",
    ),
    ("strength", "How far the carrier is noised before synthesis: less keeps more of it, 100 % is pure noise."),
    (
        "steps",
        "How often the network is called for each chunk: more sounds cleaner and costs more, Model is what it was made for.",
    ),
    ("temperature", "Scale of the noise: lower is duller and steadier, higher is brighter and rougher."),
    ("seed", "Which noise is used: the same seed gives the same sound."),
    ("seed_down", "The seed before this one."),
    ("seed_up", "The seed after this one."),
    ("seed_dice", "Another seed by chance."),
    ("coherence", "How much of the sound gets phases that agree with each other, in models that ask for it."),
    ("freeze", "Holds the present mel frame, so that one moment sounds on."),
    ("shift", "Moves the mel frames up or down by semitones, pitch and vowels together."),
    ("tilt", "Makes the mel frames brighter or darker by so many decibels per octave, around 1 kHz."),
    ("smear", "Smooths the mel frames over time, as reverberation would."),
    (
        "detail",
        "How much of the fine lines of the mel frames is left: at half of it the vowels remain, without the pitch.",
    ),
    (
        "latency",
        "How long chunks and look-ahead are: longer sounds better and loads the computer less; the host compensates it.",
    ),
    ("output", "Gain of what is heard, from silence to +12 dB."),
    ("bypass", "Passes the dry signal at the same latency."),
    ("on_underrun", "What is heard while synthesis is late: the dry signal, or silence."),
    ("input_mel", "The mel frames that the model reads, your edits included, the newest at the right."),
    ("output_mel", "The mel frames of the synthesized sound before Mix, the newest at the right."),
    ("input_level", "Peaks of the main input, held for a moment by the line."),
    ("output_level", "Peaks of what the host gets, held for a moment by the line."),
    ("input_clip", "Lights up when the main input was over 0 dB, until you click it."),
    ("output_clip", "Lights up when the output was over 0 dB, until you click it."),
    ("latency_terms", "Where the milliseconds between input and output go, in the order of the signal."),
    ("load", "Time spent on synthesis over the time that it lasts: at 100 % it only just keeps up."),
    ("underruns", "How often synthesis was late; click to count anew."),
    ("status", "What the plugin is doing right now, or what is wrong."),
    ("device", "What computes: the GPU, the CPU, or whichever of them is faster here, which is measured once."),
    ("threads", "How many of the CPU's threads compute."),
    ("tips", "Whether these sentences are shown."),
    ("zoom", "How large everything in this window is."),
];

/// The sentence for a control or reading.
pub fn help(name: &str) -> Option<&'static str> {
    HELP.iter().find(|(known, _)| *known == name).map(|(_, sentence)| *sentence)
}

/// Whether sentences are shown from here on.
pub fn set_shown(egui: &Context, shown: bool) {
    egui.data_mut(|data| data.insert_temp(Id::unique("help"), shown));
}

/// Shows the sentence for `name` while the mouse rests on `response`, unless the user wants none. Screen readers always
/// have it.
pub fn explain(response: &Response, name: &str) {
    if let Some(sentence) = help(name) {
        explain_as(response, sentence);
    }
}

/// The same with a sentence that depends on how things are.
pub fn explain_as(response: &Response, sentence: &str) {
    if response.ctx.has_accesskit_node(response.id) {
        response.ctx.accesskit_node_builder(response.id, |node| node.set_description(sentence));
    }
    if response.ctx.data(|data| data.get_temp(Id::unique("help"))).unwrap_or(true) {
        Tooltip::for_enabled(response).gap(6.0).width(300.0).show(|ui| ui.add(Label::new(sentence).wrap()));
    }
}

/// Tells screen readers what a reading is called and says.
pub fn tell(response: &Response, role: Role, name: &str, value: &str) {
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(value.to_owned()),
        ..WidgetInfo::labeled(role, true, name)
    });
}

/// Tells screen readers that a button is called so, and is on or off.
pub fn tell_switch(response: &Response, role: Role, name: &str, on: bool) {
    response.widget_info(|| WidgetInfo::selected(role, true, on, name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::RemelParams;
    use nice_plug::prelude::Params as _;

    #[test]
    fn every_parameter_has_a_sentence() {
        for (id, _, _) in RemelParams::default().param_map() {
            assert!(help(&id).is_some(), "{id}");
        }
    }

    #[test]
    fn sentences_are_single_and_short_and_no_name_is_there_twice() {
        for (index, (name, sentence)) in HELP.iter().enumerate() {
            assert!(sentence.ends_with('.') && sentence.matches(". ").count() == 0, "{name}: {sentence}");
            assert!(sentence.chars().count() <= 130, "{name}: {}", sentence.chars().count());
            assert!(HELP[..index].iter().all(|(other, _)| other != name), "{name}");
        }
    }
}
