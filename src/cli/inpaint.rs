//! `remel inpaint IN.wav --mask 1.0-2.5 --model M -o OUT`

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::diffusion::Inpainting;

use super::arrays::SamplesFile;
use super::progress::Progress;
use super::sampled::Sampled;
use super::windows::Windows;

/// Arguments of `remel inpaint`.
#[derive(Args)]
pub struct Inpaint {
    /// Sound of a minute at most
    input: PathBuf,
    /// Which parts are made anew, in seconds; several with commas between them
    #[arg(long, value_name = "FROM-TO", required = true, value_delimiter = ',')]
    mask: Vec<Seconds>,
    /// Audio (.wav) or samples (.npy) to write, at the model's rate
    #[arg(short, long)]
    output: PathBuf,
    /// How often every step is taken: the more, the better old and new fit
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    resamples: u16,
    #[command(flatten)]
    sampled: Sampled,
}

/// A range of seconds.
#[derive(Clone, Copy)]
struct Seconds {
    from: f64,
    to: f64,
}

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = |text: &str| text.trim().parse().ok().filter(|seconds| (0.0..1e9).contains(seconds));
        let range = text.split_once('-').and_then(|(from, to)| Some((seconds(from)?, seconds(to)?)));
        match range {
            Some((from, to)) if from < to => Ok(Self { from, to }),
            _ => Err("expected two numbers of seconds, the lesser first, such as 1.0-2.5".into()),
        }
    }
}

impl Inpaint {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let [noise, file] = self.sampled.files();
        let output = SamplesFile::of(&self.output, &[Some(&self.input), noise, file])?;
        let model = self.sampled.load()?;
        let request = self.sampled.request(&model)?;
        let sound = Windows::read(&self.input, &model)?;
        let kept = kept(&self.mask, &sound, &self.input)?;
        let resamples = usize::from(self.resamples);
        let rows = Inpainting::rows(&model.sampling(&request, 1.0)?, resamples);
        let noise = self.sampled.read_noise(&model, rows, Some(kept.len()))?;
        let seconds = sound.all_seconds() * resamples as f64;
        let mut vocoder = self.sampled.model.place(model, || seconds)?;
        let progress = Progress::new("inpainting");
        let mut inpaint = |source: &Vec<f32>| {
            let inpainting = Inpainting { source, kept: &kept, resamples };
            let show = &mut |done, all| progress.show(done, all);
            vocoder.inpaint(&inpainting, noise.as_deref(), &request, show)
        };
        let windows = sound.windows.iter().map(&mut inpaint).collect::<remel::Result<Vec<_>>>()?;
        output.write(&sound.into_audio(windows))
    }
}

/// Which values of a window of `sound`, read from `path`, are kept: all but those of the `ranges`.
fn kept(ranges: &[Seconds], sound: &Windows, path: &Path) -> Result<Vec<bool>> {
    let samples = sound.samples();
    let mut kept = vec![true; samples];
    for Seconds { from, to } in ranges {
        let range = sound.sample_at(*from)..sound.sample_at(*to);
        if range.end > samples || range.is_empty() {
            // Whole milliseconds that lie within.
            let end = (sound.seconds() * 1000.0).floor() / 1000.0;
            let expected = match range.is_empty() {
                true => "at least a sample".to_owned(),
                false => format!("seconds from 0 to {end}, where {} ends", path.display()),
            };
            return Err(Error::invalid("--mask", "range", format!("{from}-{to}"), expected).into());
        }
        kept[range].fill(false);
    }
    Ok(kept.repeat(sound.channels))
}
