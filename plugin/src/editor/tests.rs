//! The editor without a window.

#[path = "../../tests/heard/mod.rs"]
mod heard;

use super::*;
use egui::accesskit::Role;
use egui::{FullOutput, RawInput};
use heard::{Heard, name};
use nice_plug::prelude::Params as _;

/// An editor of `size`, and what its `pictures`-th picture is.
fn drawn(size: [f32; 2], pictures: usize) -> (egui::Context, FullOutput) {
    let mut app = RemelApp::new(Arc::default(), Arc::default());
    let egui = egui::Context::default();
    egui.enable_accesskit();
    app.open(&egui, GuiContext::new(Arc::new(Heard::default())));
    let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(size[0], size[1])));
    let mut picture = |index: usize| {
        let input = RawInput { screen_rect, time: Some(index as f64 / 60.0), ..RawInput::default() };
        egui.run_ui(input, |ui| app.draw(ui))
    };
    for index in 1..pictures {
        picture(index).drop_without_applying_deltas();
    }
    let last = picture(pictures);
    (egui.clone(), last)
}

#[test]
fn every_parameter_is_a_widget_with_a_name_and_a_value() {
    let (_, output) = drawn([960.0, 640.0], 2);
    let tree = output.platform_output.accesskit_update.clone().expect("a tree");
    let nodes = nodes::nodes(&tree);
    let params = RemelParams::default();
    for (id, pointer, _) in params.param_map() {
        let name = name(pointer);
        let of_it: Vec<_> = nodes
            .iter()
            .filter(|node| node.name == name || node.name.starts_with(&format!("{name}: ")))
            .collect();
        let says = |node: &&&nodes::Node| !node.value.is_empty() || node.on.is_some();
        assert!(!of_it.is_empty() && of_it.iter().all(|node| says(&node)), "{id}: {of_it:?}");
    }
    output.drop_without_applying_deltas();
}

#[test]
fn no_two_widgets_have_the_same_name() {
    let (_, output) = drawn([960.0, 640.0], 2);
    let tree = output.platform_output.accesskit_update.clone().expect("a tree");
    let mut names: Vec<String> = nodes::nodes(&tree)
        .into_iter()
        .filter(|node| node.role != Role::Label && !node.name.is_empty())
        .map(|node| node.name)
        .collect();
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
    output.drop_without_applying_deltas();
}

#[test]
fn nothing_is_written_smaller_than_12_pixels_or_beyond_the_window() {
    for size in [[720.0, 480.0], [960.0, 640.0], [1440.0, 900.0]] {
        let (_, output) = drawn(size, 3);
        let window = Rect::from_min_size(pos2(0.0, 0.0), size.into()).expand(0.5);
        let mut texts = 0;
        for clipped in &output.shapes {
            if let egui::Shape::Text(text) = &clipped.shape {
                let words = text.galley.text();
                if words.is_empty() {
                    continue;
                }
                texts += 1;
                let least = text.galley.job.sections.iter().map(|section| section.format.font_id.size);
                let least = least.fold(f32::INFINITY, f32::min);
                assert!(least >= 12.0, "{least} px at {size:?}: {words}");
                assert!(window.contains_rect(text.visual_bounding_rect()), "out at {size:?}: {words}");
            }
        }
        assert!(texts > 40, "{texts}");
        output.drop_without_applying_deltas();
    }
}

#[test]
fn a_drag_that_the_window_s_end_cuts_short_is_a_whole_gesture() {
    let (heard, egui) = (Arc::new(Heard::default()), egui::Context::default());
    let mut app = RemelApp::new(Arc::default(), Arc::default());
    egui.enable_accesskit();
    app.open(&egui, GuiContext::new(heard.clone()));
    let picture = |app: &mut RemelApp, events: Vec<egui::Event>| {
        let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(960.0, 640.0)));
        let output = egui.run_ui(RawInput { screen_rect, events, ..RawInput::default() }, |ui| app.draw(ui));
        let tree = output.platform_output.accesskit_update.clone().expect("a tree");
        output.drop_without_applying_deltas();
        nodes::nodes(&tree)
    };
    let nodes = picture(&mut app, Vec::new());
    let mix = nodes.iter().find(|node| node.name == "Mix").expect("a slider").place;
    let pos = pos2(mix.center().x, mix.bottom() - 4.0);
    picture(&mut app, vec![egui::Event::PointerMoved(pos)]);
    let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
    picture(&mut app, vec![egui::Event::PointerButton { pos, button, pressed: true, modifiers }]);
    assert_eq!(*heard.0.lock(), ["begin", "set"]);
    app.close();
    assert_eq!(*heard.0.lock(), ["begin", "set", "end"]);
}

#[test]
fn a_window_of_any_size_is_drawn() {
    for size in [[1.0, 1.0], [360.0, 240.0], [100.0, 2000.0], [8000.0, 90.0]] {
        drawn(size, 2).1.drop_without_applying_deltas();
    }
}

/// The processor's time that this thread has had, on Linux, whatever else runs.
fn cpu_ms() -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux system");
    said.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") / 1e6
}

#[test]
#[ignore = "measures: cargo test --release -p remel-plugin --lib pictures_take -- --ignored --nocapture"]
fn pictures_take_so_long() {
    let dialect = remel::mel::Dialect::named("bigvgan2-44k").expect("a published dialect");
    for size in [[720.0, 480.0], [960.0, 640.0], [1440.0, 900.0]] {
        let mut app = RemelApp::new(Arc::default(), Arc::default());
        let egui = egui::Context::default();
        app.open(&egui, GuiContext::new(Arc::new(Heard::default())));
        let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(size[0], size[1])));
        let start = cpu_ms();
        let pictures = 1200;
        for index in 0..pictures {
            // As many frames as come in a sixtieth of a second, or one more.
            for picture in &mut app.pictures {
                picture.follow(&dialect);
                for frame in 0..1 + index % 2 {
                    let band = |band: usize| ((band * 7 + index * 3 + frame) % 90) as f32 / 9.0 - 9.0;
                    let bands: Vec<f32> = (0..dialect.n_mels).map(band).collect();
                    picture.push(&dialect, &bands);
                }
            }
            let input = RawInput { screen_rect, time: Some(index as f64 / 60.0), ..RawInput::default() };
            let mut output = egui.run_ui(input, |ui| app.draw(ui));
            let shapes = egui.tessellate(std::mem::take(&mut output.shapes), 1.0);
            std::hint::black_box(shapes);
            output.drop_without_applying_deltas();
        }
        let ms = (cpu_ms() - start) / f64::from(pictures as u32);
        println!("{size:?}: {ms:.3} ms a picture, {:.1} % of a core at 60 a second", ms * 6.0);
    }
}
