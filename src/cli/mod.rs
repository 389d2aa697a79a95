//! The command line: arguments → one library call → output.

mod arrays;
mod bench;
mod compare;
mod convert;
mod denoise;
mod devices;
mod generate;
mod info;
mod mel;
mod options;
mod progress;
mod synth;
#[cfg(feature = "train")]
mod train;
mod vocode;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Train a model on a folder of audio or on generated sounds
    #[cfg(feature = "train")]
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

/// Runs the command that was asked for. Exit status 2 for bad usage, 1 for a failure.
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Vocode(command) => command.run(),
        Command::Mel(command) => command.run(),
        Command::Synth(command) => command.run(),
        Command::Denoise(command) => command.run(),
        Command::Generate(command) => command.run(),
        #[cfg(feature = "train")]
        Command::Train(command) => command.run(),
        Command::Info(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Devices(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Compare(command) => command.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("remel: {error:#}");
            ExitCode::from(1)
        }
    }
}
