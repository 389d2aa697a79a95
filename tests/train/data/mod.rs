//! What `remel train` reads: configurations and data sets.

mod additive;
mod classes;
mod configuration;
mod folders;
mod left_out;
mod recordings;
