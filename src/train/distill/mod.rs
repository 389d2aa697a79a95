//! Distillation: a student learns from a trained model to do in few steps what that does in many.

mod consistency;
mod progressive;
mod signal;
mod teacher;

pub use teacher::{Lesson, Teacher};
