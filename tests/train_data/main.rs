//! What `remel train` reads: configurations and data sets.
#![cfg(feature = "train")]

mod additive;
mod classes;
mod configuration;
mod folders;
mod left_out;
mod recordings;
