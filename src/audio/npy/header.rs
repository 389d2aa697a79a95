//! The header of a `.npy` file: a Python literal of a dictionary with three known keys
//! (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).
//!
//! The crates that read it parse all of Python's literals, by a recursion that a file may drive too deep, and take a tenth of
//! the time that the whole program is built in.

/// What a header says of an array.
#[derive(Debug, PartialEq)]
pub struct Header<'a> {
    /// NumPy's name of the type of the values, such as `<f4`; of records, the list of their fields as it stands there.
    pub dtype: &'a str,
    /// Whether the first axis runs fastest.
    pub fortran_order: bool,
    /// Length of every axis.
    pub shape: Vec<usize>,
}

impl<'a> Header<'a> {
    /// Parses the text of a header; none where it is not one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (mut dtype, mut fortran_order, mut shape) = (None, None, None);
        let mut rest = Rest(text);
        rest.eat('{')?;
        while rest.eat('}').is_none() {
            let key = rest.quoted()?;
            rest.eat(':')?;
            match key {
                "descr" => dtype = Some(rest.dtype()?),
                "fortran_order" => fortran_order = Some(rest.boolean()?),
                "shape" => shape = Some(rest.lengths()?),
                _ => return None,
            }
            if rest.eat(',').is_none() {
                rest.eat('}')?;
                break;
            }
        }
        rest.0.trim().is_empty().then_some(())?;
        Some(Self { dtype: dtype?, fortran_order: fortran_order?, shape: shape? })
    }

    /// The text of the header of an array of `f32` in row-major order.
    pub fn text_of(shape: &[usize]) -> String {
        let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
        // A tuple of one keeps its comma.
        let lengths = if shape.len() == 1 { lengths.trim_end() } else { lengths.trim_end_matches(", ") };
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({lengths}), }}")
    }
}

/// What is left to parse.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes `expected`, and the white space around it.
    fn eat(&mut self, expected: char) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(expected)?.trim_start();
        Some(())
    }

    /// Takes what lies between two quotes of one kind.
    fn quoted(&mut self) -> Option<&'a str> {
        let quote = self.0.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
        let (inside, after) = self.0[1..].split_once(quote)?;
        self.0 = after;
        Some(inside)
    }

    /// Takes a name of a type, or the list of a record's fields up to the bracket that closes it.
    fn dtype(&mut self) -> Option<&'a str> {
        if !self.0.starts_with('[') {
            return self.quoted();
        }
        let mut depth = 0usize;
        let end = self.0.find(|letter| {
            match letter {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let (list, after) = self.0.split_at(end + 1);
        self.0 = after;
        Some(list)
    }

    fn boolean(&mut self) -> Option<bool> {
        let (value, after) = match self.0.strip_prefix("True") {
            Some(after) => (true, after),
            None => (false, self.0.strip_prefix("False")?),
        };
        self.0 = after;
        Some(value)
    }

    /// Takes a tuple of lengths; those of Python 2 may end in an L.
    fn lengths(&mut self) -> Option<Vec<usize>> {
        self.eat('(')?;
        let (inside, after) = self.0.split_once(')')?;
        self.0 = after;
        let lengths = inside.trim().trim_end_matches(',');
        if lengths.is_empty() {
            return Some(Vec::new());
        }
        lengths.split(',').map(|length| length.trim().trim_end_matches('L').parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_numpy_writes_is_read() {
        let header = |text| Header::parse(text).unwrap();
        let whole = header("{'descr': '<f4', 'fortran_order': False, 'shape': (80, 341), }      \n");
        assert_eq!(whole, Header { dtype: "<f4", fortran_order: false, shape: vec![80, 341] });
        let other = header("{\"shape\": (7L,), \"fortran_order\": True, \"descr\": \">f8\"}");
        assert_eq!(other, Header { dtype: ">f8", fortran_order: true, shape: vec![7] });
        assert_eq!(header("{'descr':'|O','fortran_order':False,'shape':()}").shape, Vec::<usize>::new());
        let records =
            header("{'descr': [('a', '<f4'), ('b', '<i2', (3,))], 'fortran_order': False, 'shape': (2,), }");
        assert_eq!(records.dtype, "[('a', '<f4'), ('b', '<i2', (3,))]");
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for text in [
            "",
            "{",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} more",
            "{'descr': [[[[, 'fortran_order': False, 'shape': (1,)}",
            "{'descr': ], 'fortran_order': False, 'shape': (1,)}",
            "{'descr' '<f4', 'fortran_order': False, 'shape': (1,)}",
            "{'name': 1, 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert_eq!(Header::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for shape in [vec![], vec![3], vec![3, 4], vec![1, 2, 3]] {
            assert_eq!(Header::parse(&Header::text_of(&shape)).map(|header| header.shape), Some(shape));
        }
    }
}
