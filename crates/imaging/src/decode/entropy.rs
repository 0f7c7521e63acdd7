//! The entropy-coded data of a JPEG (ITU-T T.81, annex F.2), parsed only to find out where it ends: decoders
//! do not tell, and fill in the rest.

use std::ops::Range;

/// Largest length of a code in bits.
const LONGEST: usize = 16;

/// Codes of at most this many bits, nearly all, are found in one look-up.
const FAST_BITS: u32 = 9;

/// Number of coefficients of a block.
const COEFFICIENTS: usize = 64;

/// A Huffman table.
pub(super) struct Table {
    /// Look-up by the next [`FAST_BITS`] bits: the symbol and the length of its code, or length 0 if the code
    /// is longer.
    fast: Vec<(u8, u8)>,
    /// For each code length: the first code, the number of codes, and the index of the first symbol.
    lengths: [Length; LONGEST],
    symbols: Vec<u8>,
}

#[derive(Default, Clone, Copy)]
struct Length {
    first: u32,
    count: u32,
    start: usize,
}

impl Table {
    /// Builds the table from the number of codes of each length and their symbols; `None` if there are too
    /// few symbols or too many codes.
    pub(super) fn new(counts: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let mut lengths = [Length::default(); LONGEST];
        let mut fast = vec![(0, 0); 1 << FAST_BITS];
        let (mut code, mut start) = (0_u32, 0);
        for ((bits, length), &count) in (1_u8..).zip(&mut lengths).zip(counts) {
            *length = Length { first: code, count: count.into(), start };
            for &symbol in symbols.get(start..start + usize::from(count))? {
                if u32::from(bits) <= FAST_BITS {
                    let free = FAST_BITS - u32::from(bits);
                    let begin = (code << free) as usize;
                    fast.get_mut(begin..begin + (1 << free))?.fill((symbol, bits));
                }
                code += 1;
            }
            start += usize::from(count);
            code <<= 1;
        }
        Some(Self { fast, lengths, symbols: symbols.get(..start)?.to_vec() })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        bits.fill();
        let &(symbol, length) = self.fast.get(bits.peek(FAST_BITS) as usize)?;
        if length > 0 {
            bits.pass(length)?;
            return Some(symbol);
        }
        for (count, length) in (1_u8..).zip(&self.lengths).skip(FAST_BITS as usize) {
            let index = bits.peek(count.into()).wrapping_sub(length.first);
            if index < length.count {
                bits.pass(count)?;
                return self.symbols.get(length.start + index as usize).copied();
            }
        }
        None
    }
}

/// The tables of one block of a minimum coded unit (MCU). A block of a progressive scan has no AC
/// coefficients.
pub(super) struct Block<'a> {
    pub(super) dc: &'a Table,
    pub(super) ac: Option<&'a Table>,
}

impl Block<'_> {
    /// Skips a block; `None` if it is incomplete or damaged.
    fn pass(&self, bits: &mut Bits<'_>) -> Option<()> {
        let size = self.dc.symbol(bits)?;
        bits.pass(size)?;
        let Some(ac) = self.ac else {
            return Some(());
        };
        let mut at = 1;
        while at < COEFFICIENTS {
            let symbol = ac.symbol(bits)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => at += 16,
                (_, 0) => break,
                _ => {
                    at += zeros + 1;
                    bits.pass(size)?;
                }
            }
        }
        (at <= COEFFICIENTS).then_some(())
    }
}

/// Parses a scan of `units` MCUs, each made of `blocks`, and returns the MCUs that are missing and where the
/// data ends. After damage it continues at the next restart marker.
pub(super) fn missing(
    bytes: &[u8],
    start: usize,
    blocks: &[Block<'_>],
    units: usize,
    restart: usize,
) -> (Vec<Range<usize>>, usize) {
    let interval = if restart == 0 { units } else { restart };
    let mut bits = Bits { bytes, at: start, buffer: 0, count: 0 };
    let mut missing = Vec::new();
    let mut unit = 0;
    while unit < units {
        let end = (unit + interval).min(units);
        if let Some(lost) = (unit..end).find(|_| blocks.iter().any(|block| block.pass(&mut bits).is_none())) {
            missing.push(lost..end);
        }
        unit = end;
        if unit < units {
            let Some(number) = bits.restart() else {
                missing.push(unit..units);
                break;
            };
            // whole intervals may be missing; the markers count modulo eight
            let lost = (number + 8 - (unit / interval - 1) % 8) % 8;
            let next = (unit + lost * interval).min(units);
            if next > unit {
                missing.push(unit..next);
            }
            unit = next;
        }
    }
    (missing, bits.at)
}

/// A bit reader, most significant bit first, up to the next marker.
struct Bits<'a> {
    bytes: &'a [u8],
    /// Position of the next byte that is not in the buffer.
    at: usize,
    /// The next `count` bits, starting at the most significant one; the others are 0.
    buffer: u64,
    count: u32,
}

impl Bits<'_> {
    /// Fills the buffer with as many bytes as fit.
    fn fill(&mut self) {
        while self.count <= u64::BITS - 8 {
            let Some(&byte) = self.bytes.get(self.at) else {
                return;
            };
            let stuffed = byte == 0xFF;
            if stuffed && self.bytes.get(self.at + 1) != Some(&0) {
                return;
            }
            self.at += 1 + usize::from(stuffed);
            self.buffer |= u64::from(byte) << (u64::BITS - 8 - self.count);
            self.count += 8;
        }
    }

    /// The next `bits` bits as a number, padded with 0 after the end.
    fn peek(&self, bits: u32) -> u32 {
        (self.buffer >> (u64::BITS - bits)) as u32
    }

    /// Skips bits; `None` if fewer are left. A symbol and the number after it have at most 32 together.
    fn pass(&mut self, bits: u8) -> Option<()> {
        self.count = self.count.checked_sub(bits.into())?;
        self.buffer = self.buffer.checked_shl(bits.into())?;
        Some(())
    }

    /// Skips to behind the next restart marker and returns its number; `None` if another marker or the end
    /// comes first.
    fn restart(&mut self) -> Option<usize> {
        (self.buffer, self.count) = (0, 0);
        loop {
            let &[first, second] = self.bytes.get(self.at..)?.first_chunk()?;
            match (first, second) {
                (0xFF, 0xD0..=0xD7) => {
                    self.at += 2;
                    return Some(usize::from(second - 0xD0));
                }
                (0xFF, 0x01..=0xFE) => return None,
                _ => self.at += 1,
            }
        }
    }
}
