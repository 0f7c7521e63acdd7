//! Extent of a JPEG: which of its pixels are in the file.

use super::entropy::{Block, Table, missing as missing_units};
use super::partial::Missing;

/// Side of a block of coefficients, in samples.
const BLOCK: usize = 8;

/// Lowest bit of a coefficient that may be missing without a visible difference.
const LAST_BIT: u8 = 1;

/// Precision of a coefficient that was not sent at all.
const NOTHING: u8 = u8::MAX;

/// The missing pixels of a JPEG of this size; `None` if it is of a kind that is not supported here.
pub(super) fn missing(bytes: &[u8], width: u32, height: u32) -> Option<Missing> {
    let jpeg = Jpeg::read(bytes)?;
    Some(Missing { pixels: jpeg.missing_pixels(width as usize, height as usize), coarse: jpeg.is_coarse() })
}

/// The first marker segment at or after `at`: its marker, its contents, and the position behind it.
fn segment(bytes: &[u8], mut at: usize) -> Option<(u8, &[u8], usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        let fill = bytes.get(at..)?.iter().take_while(|&&byte| byte == 0xFF).count();
        let marker = *bytes.get(at + fill)?;
        at += fill + 1;
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            0xD9 => return Some((marker, &[], at)),
            _ => {
                let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
                let next = at + length.max(2);
                return Some((marker, bytes.get(at + 2..next)?, next));
            }
        }
    }
}

/// A colour component of the picture, and the data that was found for it.
struct Component {
    id: u8,
    across: usize,
    down: usize,
    /// Whether each MCU of the frame is missing; `None` before the first scan of the component.
    missing: Option<Vec<bool>>,
    /// The lowest bit that was sent of each coefficient.
    precision: [u8; BLOCK * BLOCK],
}

/// A frame, and the data that its scans hold.
#[derive(Default)]
struct Jpeg {
    progressive: bool,
    width: usize,
    height: usize,
    components: Vec<Component>,
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    restart: usize,
}

impl Jpeg {
    /// Parses a file; `None` if it is of a kind that is not supported here.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut jpeg = Self::default();
        let mut at = 2;
        while let Some((marker, contents, next)) = segment(bytes, at) {
            at = next;
            match marker {
                0xC0..=0xC2 => jpeg.begin(marker, contents)?,
                0xC4 => jpeg.tables(contents),
                0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return None,
                0xDD => jpeg.restart = usize::from(u16::from_be_bytes(*contents.first_chunk()?)),
                0xDA => at = jpeg.scan(bytes, contents, next)?,
                0xD9 => break,
                _ => {}
            }
        }
        (!jpeg.components.is_empty()).then_some(jpeg)
    }

    /// Reads a frame header (B.2.2).
    fn begin(&mut self, marker: u8, contents: &[u8]) -> Option<()> {
        let (&[_precision, h1, h0, w1, w0, _count], components) = contents.split_first_chunk()?;
        self.progressive = marker == 0xC2;
        self.width = usize::from(u16::from_be_bytes([w1, w0]));
        self.height = usize::from(u16::from_be_bytes([h1, h0]));
        self.components = components
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[id, sampling, _]| Component {
                id,
                across: usize::from(sampling >> 4).max(1),
                down: usize::from(sampling & 15).max(1),
                missing: None,
                precision: [NOTHING; BLOCK * BLOCK],
            })
            .collect();
        Some(())
    }

    /// Reads Huffman tables (B.2.4.2). A broken one is left out.
    fn tables(&mut self, mut contents: &[u8]) {
        while let Some((&[class, ref counts @ ..], symbols)) = contents.split_first_chunk::<17>() {
            let count = counts.iter().map(|&count| usize::from(count)).sum::<usize>();
            let tables = if class >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            if let Some(table) = tables.get_mut(usize::from(class & 15)) {
                *table = Table::new(counts, symbols);
            }
            contents = symbols.get(count..).unwrap_or_default();
        }
    }

    /// Blocks of the finest component across and down an MCU.
    fn finest(&self) -> (usize, usize) {
        let most = |side: fn(&Component) -> usize| self.components.iter().map(side).max().unwrap_or(1);
        (most(|component| component.across), most(|component| component.down))
    }

    /// MCUs across and down the frame.
    fn units(&self) -> (usize, usize) {
        let (across, down) = self.finest();
        (self.width.div_ceil(BLOCK * across), self.height.div_ceil(BLOCK * down))
    }

    /// Reads a scan (B.2.3), given the contents of its header and where its data starts, and returns where
    /// the data ends.
    fn scan(&mut self, bytes: &[u8], contents: &[u8], start: usize) -> Option<usize> {
        let (&count, rest) = contents.split_first()?;
        let (selectors, &[first, last, approximation]) =
            rest.split_at_checked(2 * usize::from(count)).and_then(|(s, r)| Some((s, r.first_chunk()?)))?;
        let chosen: Vec<(usize, u8)> = selectors
            .as_chunks::<2>()
            .0
            .iter()
            .filter_map(|&[id, tables]| {
                Some((self.components.iter().position(|component| component.id == id)?, tables))
            })
            .collect();
        let (last, low) = if self.progressive { (last, approximation & 15) } else { (63, 0) };
        let is_first = first == 0 && (!self.progressive || approximation >> 4 == 0);
        let end = if is_first { self.cover(bytes, &chosen, start)? } else { start };
        let is_whole = segment(bytes, end).is_some();
        for &(index, _) in chosen.iter().filter(|_| is_whole) {
            let coefficients =
                self.components.get_mut(index)?.precision.get_mut(usize::from(first)..=usize::from(last));
            coefficients.unwrap_or_default().fill(low);
        }
        Some(end)
    }

    /// Marks the MCUs of the components that a scan does not contain, and returns where its data ends.
    fn cover(&mut self, bytes: &[u8], chosen: &[(usize, u8)], start: usize) -> Option<usize> {
        let (across, down) = self.units();
        let (finest_across, finest_down) = self.finest();
        // the scan of a single component is sent block by block, and only the blocks within the picture
        let alone = match chosen {
            &[(index, _)] => self.components.get(index).map(|component| (component.across, component.down)),
            _ => None,
        };
        let blocks_of =
            |side: usize, own: usize, finest: usize| (side * own).div_ceil(finest).div_ceil(BLOCK);
        let (columns, rows) = match alone {
            Some((own_across, own_down)) => (
                blocks_of(self.width, own_across, finest_across),
                blocks_of(self.height, own_down, finest_down),
            ),
            None => (across, down),
        };
        let mut blocks = Vec::new();
        for &(index, tables) in chosen {
            let component = self.components.get(index)?;
            let dc = self.dc.get(usize::from(tables >> 4))?.as_ref()?;
            let ac =
                if self.progressive { None } else { Some(self.ac.get(usize::from(tables & 15))?.as_ref()?) };
            let times = if alone.is_some() { 1 } else { component.across * component.down };
            blocks.extend((0..times).map(|_| Block { dc, ac }));
        }
        let (missing, end) = missing_units(bytes, start, &blocks, columns * rows, self.restart);
        let (own_across, own_down) = alone.unwrap_or((1, 1));
        let mut units = vec![false; across * down];
        for unit in missing.into_iter().flatten() {
            let (x, y) = (unit % columns / own_across, unit / columns / own_down);
            if let Some(unit) = units.get_mut(y * across + x) {
                *unit = true;
            }
        }
        for &(index, _) in chosen {
            self.components.get_mut(index)?.missing = Some(units.clone());
        }
        Some(end)
    }

    fn missing_pixels(&self, width: usize, height: usize) -> Vec<bool> {
        let (across, down) = self.units();
        let (unit_width, unit_height) = {
            let (across, down) = self.finest();
            (across * BLOCK, down * BLOCK)
        };
        let is_missing = |unit: usize| {
            self.components.iter().any(|component| {
                component.missing.as_ref().is_none_or(|units| units.get(unit).copied().unwrap_or(true))
            })
        };
        let units: Vec<bool> = (0..across * down).map(is_missing).collect();
        if !units.contains(&true) {
            return Vec::new();
        }
        let at = |x: usize, y: usize| {
            units.get(y / unit_height * across + x / unit_width).copied().unwrap_or(true)
        };
        (0..width * height).map(|pixel| at(pixel % width, pixel / width)).collect()
    }

    fn is_coarse(&self) -> bool {
        self.progressive
            && self.components.iter().any(|component| component.precision.iter().any(|&low| low > LAST_BIT))
    }
}
