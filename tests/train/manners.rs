//! What a training says before it begins, and what it does where it is stopped, unheard or out of room.

use crate::training::{Record, diffwave, small};
use remel::checkpoint;
use remel::train::config::{Prior, Source, TrainConfig};
use remel::train::{Observer, run};

/// Keeps what it is warned of.
#[derive(Default)]
struct Warned(Vec<String>);

impl Observer for Warned {
    fn warned(&mut self, line: &str) {
        self.0.push(line.to_owned());
    }
}

#[test]
fn a_training_is_not_resumed_as_one_of_another_model() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    run(&config, false, &mut Record { stop_after: Some(1), ..Record::default() }).unwrap();
    diffwave(&mut config).prior = Prior::Spectral;
    diffwave(&mut config).dilation_cycle = 2;
    let message = run(&config, true, &mut Record::default()).unwrap_err().to_string();
    for part in [
        "state.safetensors",
        "network.prior: found energy",
        "network.dilation_cycle: found 4, expected 2",
        "set these back",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains('\n'), "{message}");
}

#[test]
fn weights_that_were_learned_for_something_else_are_told_of() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = run(&small(first.path()), false, &mut Record::default()).unwrap();
    let mut config = small(second.path());
    config.init = Some(model);
    diffwave(&mut config).prior = Prior::Spectral;
    let mut warned = Warned::default();
    run(&config, false, &mut warned).unwrap();
    assert!(warned.0.iter().any(|line| line.contains("network.prior: found energy")), "{:?}", warned.0);
}

#[test]
fn nothing_is_written_over_a_file_that_is_no_model_of_the_training() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    std::fs::write(&config.model, "dear").unwrap();
    let message = run(&config, false, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("model.safetensors: model: found a file of that name"), "{message}");
    assert_eq!(std::fs::read_to_string(&config.model).unwrap(), "dear");
}

#[test]
fn a_resumed_training_writes_over_its_own_model_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    let short = || Record { stop_after: Some(1), ..Record::default() };
    run(&config, false, &mut short()).unwrap();
    std::fs::remove_file(&config.model).unwrap();
    std::fs::write(&config.model, "dear").unwrap();
    let message = run(&config, true, &mut short()).unwrap_err().to_string();
    assert!(message.contains("no model of this training (not readable as a model)"), "{message}");
    assert_eq!(std::fs::read_to_string(&config.model).unwrap(), "dear");
    std::fs::remove_file(&config.model).unwrap();
    run(&config, true, &mut short()).unwrap();
    assert!(config.model.exists());
}

#[test]
fn two_trainings_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    std::fs::create_dir_all(config.run_folder()).unwrap();
    let lock = std::fs::File::create(config.run_folder().join("lock")).unwrap();
    lock.lock().unwrap();
    let message = run(&config, false, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("in use by another training"), "{message}");
    drop(lock);
    run(&config, false, &mut Record { stop_after: Some(1), ..Record::default() }).unwrap();
}

/// Takes the data away after so many steps.
struct Thief(std::path::PathBuf, u64);

impl Observer for Thief {
    fn stepped(&mut self, progress: &remel::train::Progress) {
        if progress.step == self.1 {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }
}

#[test]
fn what_was_learned_stays_where_the_data_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    let (source, cache) = (folder.path().join("rec"), folder.path().join("cache"));
    std::fs::create_dir(&source).unwrap();
    let tone = (0..22_050).map(|n| 0.3 * (0.1 * n as f32).sin()).collect();
    remel::audio::Audio::mono(22_050, tone).write_wav(&source.join("a.wav")).unwrap();
    config.data.source = Source::Folder(source);
    config.data.cache = Some(cache.clone());
    let message = run(&config, false, &mut Thief(cache, 3)).unwrap_err().to_string();
    assert!(message.contains("cache"), "{message}");
    assert_eq!(checkpoint::load(&config.model, None).unwrap().header().card.trained_steps, 3);
    let mut rest = Record::default();
    run(&config, true, &mut rest).unwrap();
    assert_eq!(rest.losses.len(), 5);
}

/// Wants to stop some time into a step that takes long.
#[derive(Default)]
struct Hasty(Option<std::time::Instant>);

impl Observer for Hasty {
    fn stopped(&mut self) -> bool {
        let first = *self.0.get_or_insert_with(std::time::Instant::now);
        first.elapsed() > std::time::Duration::from_millis(300)
    }
}

#[test]
fn a_step_that_takes_long_is_left_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    *diffwave(&mut config) = remel::train::config::DiffWaveNetwork::default();
    (config.training.batch, config.training.crop_frames) = (1, 80);
    let mut hasty = Hasty::default();
    let message = run(&config, false, &mut hasty).unwrap_err().to_string();
    let seconds = hasty.0.unwrap().elapsed().as_secs_f64();
    assert!(message.contains("nothing was learned") && seconds < 1.3, "{seconds}: {message}");
}

#[test]
fn a_model_that_has_learned_nothing_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    let stopped = &mut Record { stop_after: Some(0), ..Record::default() };
    let message = run(&config, false, stopped).unwrap_err().to_string();
    assert!(message.contains("nothing was learned"), "{message}");
    assert!(!config.model.exists() && !config.run_folder().join("state.safetensors").exists());
    // What was stopped so is no training: it begins as if for the first time.
    run(&config, false, &mut Record::default()).unwrap();
}

#[test]
fn paths_are_taken_as_users_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paths.toml");
    let read = |source: &str| {
        std::fs::write(&file, format!("model = 'model.safetensors'\n[data]\nsource = {source}\n")).unwrap();
        TrainConfig::read(&file)
    };
    let message = read(r#""C:\Users\me\rec""#).unwrap_err().to_string();
    assert!(message.contains("line 3") && message.contains("a backslash begins"), "{message}");
    let message = read(r#""C:\temp\new""#).unwrap_err().to_string();
    assert!(message.contains(r#"data.source: found "C:\temp\new""#) && !message.contains('\n'), "{message}");
    let home = std::env::home_dir().unwrap();
    assert_eq!(read("'~/rec'").unwrap().data.source, Source::Folder(home.join("rec")));
    let beside = folder.path().join("~rec");
    assert_eq!(read("'~rec'").unwrap().data.source, Source::Folder(beside));
}

#[cfg(all(unix, feature = "cli"))]
#[test]
fn a_training_that_nobody_listens_to_goes_on() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_remel"));
    command.arg("train").arg(folder.path().join("small.toml")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert!(child.wait().unwrap().success());
    assert_eq!(checkpoint::load(&config.model, None).unwrap().header().card.trained_steps, 8);
}
