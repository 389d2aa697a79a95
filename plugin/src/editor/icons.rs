//! Pictures on buttons, drawn as lines: fonts lack them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use std::f32::consts::TAU;

/// What a button shows instead of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// To the one before.
    Previous,
    /// To the one after.
    Next,
    /// More opens below.
    Down,
    /// What is set once.
    Cog,
    /// Back by one edit.
    Undo,
    /// Forth by one edit.
    Redo,
    /// Away with it.
    Close,
}

impl Icon {
    /// Draws it in the middle of `rect`.
    pub fn paint(self, painter: &Painter, rect: Rect, colour: Color32) {
        let (middle, stroke) = (rect.center(), Stroke::new(1.5, colour));
        let lines = |points: &[[f32; 2]]| {
            let points = points.iter().map(|&[x, y]| middle + vec2(x, y)).collect();
            painter.add(Shape::line(points, stroke));
        };
        match self {
            Self::Previous => lines(&[[2.5, -5.0], [-2.5, 0.0], [2.5, 5.0]]),
            Self::Next => lines(&[[-2.5, -5.0], [2.5, 0.0], [-2.5, 5.0]]),
            Self::Down => lines(&[[-4.0, -2.0], [0.0, 2.0], [4.0, -2.0]]),
            Self::Close => {
                lines(&[[-4.0, -4.0], [4.0, 4.0]]);
                lines(&[[-4.0, 4.0], [4.0, -4.0]]);
            }
            Self::Cog => cog(painter, middle, stroke),
            Self::Undo => turn(painter, middle, stroke, -1.0),
            Self::Redo => turn(painter, middle, stroke, 1.0),
        }
    }
}

/// A ring with eight teeth.
fn cog(painter: &Painter, middle: Pos2, stroke: Stroke) {
    painter.circle_stroke(middle, 4.5, stroke);
    painter.circle_stroke(middle, 1.5, stroke);
    for tooth in 0..8 {
        let (sin, cos) = (TAU * tooth as f32 / 8.0).sin_cos();
        let direction = vec2(cos, sin);
        painter.line_segment([middle + 4.5 * direction, middle + 7.0 * direction], stroke);
    }
}

/// An arrow that turns to the left (−1) or the right (1).
fn turn(painter: &Painter, middle: Pos2, stroke: Stroke, side: f32) {
    let at = |share: f32| {
        // From the tip over the top to the other side.
        let (sin, cos) = (TAU * (0.02 - 0.60 * share)).sin_cos();
        pos2(middle.x + side * 5.0 * cos, middle.y + 1.5 + 5.0 * sin)
    };
    painter.add(Shape::line((0..=16).map(|step| at(step as f32 / 16.0)).collect(), stroke));
    let tip = at(0.0);
    let head = [tip + vec2(side * 3.0, -3.5), tip + vec2(0.0, 0.5), tip + vec2(side * -3.5, -3.0)];
    painter.add(Shape::line(head.to_vec(), stroke));
}
