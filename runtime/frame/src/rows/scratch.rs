//! A place to encode keys and values without the heap.

use parity_scale_codec::Output;

/// Bytes that fit without the heap: the key of a row under two hashed ids.
const INLINE: usize = 128;

/// What is being encoded. Longer than [`INLINE`], it moves to the heap.
pub(crate) struct Scratch {
    inline: [u8; INLINE],
    length: usize,
    /// Everything, once it has outgrown `inline`.
    heap: Vec<u8>,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { inline: [0; INLINE], length: 0, heap: Vec::new() }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self.inline.get(..self.length) {
            Some(bytes) => bytes,
            None => &self.heap,
        }
    }
}

impl Output for Scratch {
    fn write(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(room) = self.inline.get_mut(self.length..end) {
            room.copy_from_slice(bytes);
        } else {
            if let Some(before) = self.inline.get(..self.length) {
                self.heap.extend_from_slice(before);
            }
            self.heap.extend_from_slice(bytes);
        }
        self.length = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read_at_any_length() {
        for length in [0, 1, 127, 128, 129, 300] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251) as u8).collect();
            for step in [1, 7, 200] {
                let mut scratch = Scratch::new();
                bytes.chunks(step).for_each(|chunk| scratch.write(chunk));
                assert_eq!(scratch.bytes(), bytes, "{length} bytes in steps of {step}");
            }
        }
    }
}
