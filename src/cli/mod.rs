//! The command line: arguments → one library call → output.

mod arrays;
mod bench;
mod compare;
mod compose;
mod convert;
mod denoise;
mod devices;
mod encode;
mod generate;
mod info;
mod inpaint;
mod input;
mod interrupt;
mod mel;
mod options;
mod output;
mod print;
mod progress;
mod sampled;
mod schedule_search;
mod send;
mod sigma;
mod synth;
mod told;
mod train;
#[cfg(feature = "train")]
mod training;
mod upsample;
mod vocode;
mod windows;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use print::note;
use remel::Error;

/// Remel turns audio into mel frames and synthesizes it anew from noise.
#[derive(Parser)]
#[command(name = "remel", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Vocode an audio file: to mel frames and back, synthesized from noise
    Vocode(vocode::Vocode),
    /// Compute the mel frames of an audio file
    Mel(mel::MelCommand),
    /// Synthesize mel frames
    Synth(synth::Synth),
    /// Call a model's network once: the noise it predicts
    Denoise(denoise::Denoise),
    /// Generate audio with a model that takes no mel frames
    Generate(generate::Generate),
    /// Make parts of an audio file anew with a model that takes no mel frames
    Inpaint(inpaint::Inpaint),
    /// Go on with an audio file, span by span, with a model that takes no mel frames
    Compose(compose::Compose),
    /// Give audio the samples that it has too few of, with an upsampler
    Upsample(upsample::Upsample),
    /// Turn audio into the latent signal of an autoencoder
    Encode(encode::Encode),
    /// Turn a latent signal back into audio
    Decode(encode::Decode),
    /// Send mel frames to a running plugin, in real time
    Send(send::Send),
    /// Search for a short schedule that suits a model
    ScheduleSearch(schedule_search::ScheduleSearch),
    /// Train a model on a folder of audio or on generated sounds
    #[cfg_attr(not(feature = "train"), command(about = "Train a model: in a build with `--features train`"))]
    Train(train::Train),
    /// Show what a model is
    Info(info::Info),
    /// Convert a PyTorch checkpoint to a Remel model
    Convert(convert::Convert),
    /// List the devices that can render
    Devices(devices::Devices),
    /// Measure how fast this machine renders, offline and as the plugin does
    Bench(bench::Bench),
    /// Measure how far one audio file is from another
    Compare(compare::Compare),
}

/// What a shell says of a program that died of writing to a pipe whose reader had gone.
const READER_GONE: u8 = 141;

/// Runs the command that was asked for. Exit status 2 for bad usage, 1 for a failure.
pub fn main() -> ExitCode {
    say_no_panics_of_decoders();
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        // Of bad usage, said on standard error, or of help and the version, which were asked for.
        Err(answer) => {
            return match answer.print() {
                Err(e) if !answer.use_stderr() => failed(&Error::io(Path::new("standard output"), e).into()),
                _ => ExitCode::from(answer.exit_code() as u8),
            };
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Of a file that a decoder panics over the error tells, in a line.
fn say_no_panics_of_decoders() {
    let says = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !remel::audio::is_decoding() {
            says(panic);
        }
    }));
}

fn run(command: Command) -> anyhow::Result<()> {
    if !command.hears_signals() {
        sigpipe::reset();
        interrupt::clean_up_when_told_to_end()?;
    }
    match command {
        Command::Vocode(command) => command.run(),
        Command::Mel(command) => command.run(),
        Command::Synth(command) => command.run(),
        Command::Denoise(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Inpaint(command) => command.run(),
        Command::Compose(command) => command.run(),
        Command::Upsample(command) => command.run(),
        Command::Encode(command) => command.run(),
        Command::Decode(command) => command.run(),
        Command::ScheduleSearch(command) => command.run(),
        Command::Send(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Info(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Devices(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Compare(command) => command.run(),
    }
}

/// Says what went wrong; but not that nobody reads on, as `head` does not.
fn failed(error: &anyhow::Error) -> ExitCode {
    if let Some(Error::Io { error, .. }) = error.downcast_ref()
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        return ExitCode::from(READER_GONE);
    }
    note!("remel: {error:#}");
    ExitCode::from(1)
}

impl Command {
    /// Whether the command itself decides what happens when it is told to end, or when a reader has gone.
    fn hears_signals(&self) -> bool {
        cfg!(feature = "train") && matches!(self, Self::Train(_))
    }
}
