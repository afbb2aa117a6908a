//! Values out of bytes that somebody else wrote: calls in proposals, events, rows.
//!
//! `scale-value` makes room for as many items as a length claims before it looks for them, so that
//! twelve bytes can ask for forty gigabytes. Bytes are therefore walked through once without
//! keeping anything: where all items are there, the room for them is bounded by the bytes.

use scale_decode::visitor::{IgnoreVisitor, decode_with_visitor};
use scale_info::PortableRegistry;
use scale_value::{
    Value,
    scale::{DecodeError, decode_as_type},
};

/// The value of type `ty` at the beginning of `bytes`, which then stand behind it.
pub(super) fn decode_value(
    bytes: &mut &[u8],
    ty: u32,
    types: &PortableRegistry,
) -> Result<Value<u32>, DecodeError> {
    decode_with_visitor(&mut &**bytes, ty, types, IgnoreVisitor::new())?;
    decode_as_type(bytes, ty, types)
}

#[cfg(test)]
mod tests {
    use crate::chain::Metadata;

    fn metadata() -> Metadata {
        Metadata::decode(include_bytes!("../../../specs/vectors/metadata-v14.scale")).unwrap()
    }

    /// Found by coverage: a remark of eight bytes that says it has a billion ended the wallet. Any
    /// member can put such bytes into a preimage that others look at.
    #[test]
    fn a_length_that_nothing_follows_is_refused_before_room_is_made() {
        let metadata = metadata();
        for length in
            [&[0x2a, 1, 0, 0xff][..], &[0xfe, 0xff, 0xff, 0xff], &[3, 0xff, 0xff, 0xff, 0xff]]
        {
            let call = [&[0, 0], length, &[0xff, 4, 9, 2]].concat();
            assert!(metadata.decode_call(&call).is_err(), "{call:?}");
            assert!(metadata.decode_events(length).is_err());
        }
    }

    #[test]
    fn what_has_all_its_bytes_is_read() {
        let remark = [&[0, 0, 12][..], b"aye"].concat();
        let read = metadata().decode_call(&remark).unwrap();
        assert_eq!((read.pallet.as_str(), read.call.as_str()), ("System", "remark"));
    }
}
