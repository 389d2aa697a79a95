//! UNet1d on the CPU: a signal lies sample after sample, its channels side by side, so that the rows that a convolution looks at
//! are one row of a matrix product, whatever its stride; upsampling is a product whose rows are several of the output's.

mod activation;
mod attention;
mod convolution;
mod denoiser;
mod encoder;
mod engine;
mod layers;
mod mapping;
mod network;
mod normalization;
mod resnet;
mod signal;
mod transformer;

pub use denoiser::UNet1dCpu;
pub use encoder::EncoderCpu;
