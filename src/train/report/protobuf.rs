//! The little of protocol buffers' wire format that event files need (protobuf.dev, "Encoding").

/// A message in the making.
#[derive(Default)]
pub(super) struct Message(Vec<u8>);

/// How a field's value is written.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Bits64 = 1,
    Bytes = 2,
    Bits32 = 5,
}

impl Message {
    /// With an integer field; those in event files are never negative.
    pub(super) fn integer(mut self, field: u32, value: u64) -> Self {
        self.tag(field, Wire::Varint);
        self.varint(value);
        self
    }

    /// With a `float` field.
    pub(super) fn float(mut self, field: u32, value: f32) -> Self {
        self.tag(field, Wire::Bits32);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// With a `double` field.
    pub(super) fn double(mut self, field: u32, value: f64) -> Self {
        self.tag(field, Wire::Bits64);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// With a `string` or `bytes` field.
    pub(super) fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.tag(field, Wire::Bytes);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// With a message as a field.
    pub(super) fn message(self, field: u32, value: Message) -> Self {
        self.bytes(field, &value.0)
    }

    /// The encoded message.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn tag(&mut self, field: u32, wire: Wire) {
        self.varint(u64::from(field << 3 | wire as u32));
    }

    /// Seven bits a byte, the lowest first; the eighth bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentations_examples_encode_as_shown() {
        // protobuf.dev/programming-guides/encoding: Test1 {a: 150}, Test2 {b: "testing"}, Test3 {c: Test1 {a: 150}}.
        let test1 = || Message::default().integer(1, 150);
        assert_eq!(test1().as_bytes(), [0x08, 0x96, 0x01]);
        let test2 = Message::default().bytes(2, b"testing");
        assert_eq!(test2.as_bytes(), b"\x12\x07testing");
        assert_eq!(Message::default().message(3, test1()).as_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
    }

    #[test]
    fn numbers_are_little_endian() {
        assert_eq!(Message::default().float(2, 1.0).as_bytes(), [0x15, 0, 0, 0x80, 0x3f]);
        assert_eq!(Message::default().double(1, 1.0).as_bytes(), [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    }
}
