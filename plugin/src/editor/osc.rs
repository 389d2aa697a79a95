//! What comes over OSC, and at which port: a panel over the input's picture while mel frames come from there.

use super::theme;
use crate::choices::MelFrom;
use crate::osc::PortState;
use crate::params::RemelParams;
use crate::report::Report;
use egui::{Align2, DragValue, Frame, Id, Rect, RichText, Ui, Window};

/// Draws the panel into the lower part of `rect`.
pub fn show(ui: &Ui, rect: Rect, params: &RemelParams, report: &Report) {
    if params.mel_from.value() != MelFrom::Osc {
        return;
    }
    let frame = Frame::window(ui.style()).fill(theme::PANEL);
    let window = Window::new("OSC").id(Id::unique("osc")).title_bar(false).resizable(false).movable(false);
    let window = window.pivot(Align2::LEFT_BOTTOM).fixed_pos(rect.left_bottom() + egui::vec2(8.0, -8.0));
    window.frame(frame).show(ui.ctx(), |ui| {
        ui.set_max_width(rect.width() - 40.0);
        ui.horizontal(|ui| settings(ui, params));
        let (words, colour) = words(report);
        ui.add(egui::Label::new(RichText::new(words).size(12.0).color(colour)).wrap());
    });
}

/// The port, and who may send to it. A port counts once it has been let go of: none on the way to it is opened.
fn settings(ui: &mut Ui, params: &RemelParams) {
    let (saved, typed) = (params.osc.read().clone(), Id::unique("osc port"));
    let mut port = ui.data(|data| data.get_temp(typed)).unwrap_or(saved.port);
    ui.label(RichText::new("OSC at port").size(12.0).color(theme::TEXT_WEAK));
    let field = ui.add(DragValue::new(&mut port).range(1024..=u16::MAX));
    let field = field.on_hover_text("Where remel send and other programs send /remel/mel to");
    if field.dragged() || field.has_focus() {
        ui.data_mut(|data| data.insert_temp(typed, port));
    } else {
        ui.data_mut(|data| data.remove::<u16>(typed));
        if port != saved.port {
            params.osc.write().port = port;
        }
    }
    let mut from_network = saved.from_network;
    let switch = ui.checkbox(&mut from_network, RichText::new("from other machines too").size(12.0));
    if switch.on_hover_text("Off: only programs on this machine are listened to").changed() {
        params.osc.write().from_network = from_network;
    }
}

/// What comes, in words.
fn words(report: &Report) -> (String, egui::Color32) {
    let fed = report.look(|monitor| monitor.fed()).unwrap_or_default();
    match report.summary().port {
        PortState::Closed => ("Waiting for the host to start audio".to_owned(), theme::TEXT_WEAK),
        PortState::Refused(reason) => (reason, theme::ERROR),
        PortState::Open(address, counts) => {
            let mut words = match counts.frames {
                0 => format!("Listening at {address}: nothing has come"),
                frames => format!("{frames} frames have come to {address}"),
            };
            let dropped = [
                ("malformed", counts.malformed),
                ("too long", counts.oversized),
                ("of another dialect", counts.unlike),
                ("not taken", counts.untaken + fed.overflowed),
                ("late", fed.late),
                ("twice", fed.duplicate),
                ("missing", fed.lost),
                ("left out", fed.skipped),
            ];
            let mut colour = theme::TEXT_WEAK;
            for (what, count) in dropped.into_iter().filter(|(_, count)| *count > 0) {
                words.push_str(&format!("  ·  {count} {what}"));
                colour = theme::WARNING;
            }
            (words, colour)
        }
    }
}
