//! AVIF (AV1 Image File Format 1.1), which browsers open themselves and the crate image only with a library in C: the boxes
//! are read here, the pixels in them by rav1d.
//!
//! Weighed for the pixels: dav1d and libaom (C, built by meson or cmake), rav1d-safe and zenavif (AGPL), rav1d itself (the same
//! decoder behind the functions of C alone). re_rav1d's assembly is left out, so that what it indexes is checked. For the boxes:
//! avif-parse (MPL, six crates more, and no picture in tiles).

use formats::tiff::{Picture as Pixels, Refusal};
use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent as Plane, Settings};

/// The most pictures of one item that are decoded: the layers that the format allows it. It may hold any number of them.
const MAX_LAYERS: usize = 4;

/// Whether a file begins as AVIF does: it names what it can be read as.
pub(crate) fn is_avif(file: &[u8]) -> bool {
    let brands = boxes(file).next().filter(|(kind, _)| kind == b"ftyp").map(|(_, brands)| brands.as_chunks::<4>().0);
    brands.is_some_and(|brands| brands.contains(b"avif") || brands.contains(b"avis"))
}

/// The picture that a file is said to show; of one that moves, what stands for it.
///
/// # Errors
/// A [`Refusal`].
pub(crate) fn read(file: &[u8], max_pixels: u64) -> Result<Pixels, Refusal> {
    let container = Container::read(file).ok_or(Refusal::Unreadable)?;
    if container.sizes.iter().any(|(width, height)| width * height > max_pixels) {
        return Err(Refusal::TooLarge);
    }
    let mut shown = container.picture(container.primary, max_pixels)?;
    if let Some(id) = container.referring(b"auxl", container.primary) {
        let opaque = container.picture(id, max_pixels)?;
        if (opaque.width, opaque.height) == (shown.width, shown.height) {
            for ([.., alpha], [grey, ..]) in
                shown.rgba.as_chunks_mut::<4>().0.iter_mut().zip(opaque.rgba.as_chunks::<4>().0)
            {
                *alpha = *grey;
            }
        }
    }
    Ok(shown)
}

type Kind = [u8; 4];

/// What the boxes say (ISO/IEC 14496-12, 8.11).
struct Container<'a> {
    file: &'a [u8],
    idat: &'a [u8],
    primary: u32,
    /// What any picture of it is said to measure, at most four bytes each; the decoder sees whether that is so.
    sizes: Vec<(u64, u64)>,
    /// How colours were made into what is stored. The decoder says so too, but panics on what it does not know.
    matrix: Vec<u64>,
    kinds: Vec<(u32, Kind)>,
    extents: Vec<Extent>,
    references: Vec<Reference>,
}

/// Where a part of an item lies.
struct Extent {
    id: u32,
    is_in_idat: bool,
    start: u64,
    length: u64,
}

struct Reference {
    kind: Kind,
    from: u32,
    to: u32,
}

impl<'a> Container<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        let (_, meta) = boxes(file).find(|(kind, _)| kind == b"meta")?;
        let inner = meta.get(4..)?;
        let part = |wanted: &Kind| boxes(inner).find(|(kind, _)| kind == wanted).map(|(_, body)| Reader(body));
        let mut pitm = part(b"pitm")?;
        let version = pitm.version()?;
        Some(Self {
            file,
            idat: part(b"idat").map_or(&[], |reader| reader.0),
            primary: pitm.id(version == 0)?,
            sizes: properties(part(b"iprp")?, b"ispe", |mut ispe| {
                ispe.version()?;
                Some((ispe.number(4)?, ispe.number(4)?))
            }),
            matrix: properties(part(b"iprp")?, b"colr", |mut colr| {
                let kind = colr.kind()?;
                colr.take(4)?;
                (kind == *b"nclx").then(|| colr.number(2))?
            }),
            kinds: kinds(part(b"iinf")?)?,
            extents: extents(part(b"iloc")?)?,
            references: part(b"iref").map_or(Some(Vec::new()), references)?,
        })
    }

    /// The item that is in such a relation to another.
    fn referring(&self, kind: &Kind, to: u32) -> Option<u32> {
        self.references.iter().find(|one| one.kind == *kind && one.to == to).map(|one| one.from)
    }

    fn picture(&self, id: u32, max_pixels: u64) -> Result<Pixels, Refusal> {
        let data = self.data(id).ok_or(Refusal::Unreadable)?;
        match self.kinds.iter().find(|(of, _)| *of == id).map(|(_, kind)| kind) {
            Some(b"av01") => decoded(data, self.matrix.first().copied(), max_pixels),
            Some(b"grid") => self.tiled(id, &data, max_pixels),
            _ => Err(Refusal::Unreadable),
        }
    }

    /// What an item holds. Its parts may lie one over the other, but what is read is no longer than the file.
    fn data(&self, id: u32) -> Option<Vec<u8>> {
        let mut data = Vec::new();
        for extent in self.extents.iter().filter(|extent| extent.id == id) {
            let from = if extent.is_in_idat { self.idat } else { self.file };
            let rest = from.get(usize::try_from(extent.start).ok()?..)?;
            let length = if extent.length == 0 { rest.len() } else { usize::try_from(extent.length).ok()? };
            data.extend_from_slice(rest.get(..length).filter(|part| data.len() + part.len() <= self.file.len())?);
        }
        Some(data)
    }

    /// A picture made of others that are all of one size (ISO/IEC 23008-12, 6.6.2.3).
    fn tiled(&self, id: u32, data: &[u8], max_pixels: u64) -> Result<Pixels, Refusal> {
        let (columns, width, height) = Reader(data).grid().ok_or(Refusal::Unreadable)?;
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(Refusal::TooLarge);
        }
        let mut whole = Pixels { width, height, rgba: vec![u8::MAX; width as usize * height as usize * 4] };
        let tiles = self.references.iter().filter(|one| one.kind == *b"dimg" && one.from == id);
        let mut size = None;
        for (i, tile) in tiles.enumerate() {
            let (column, row) = (i as u32 % columns, i as u32 / columns);
            let data = self.data(tile.to).ok_or(Refusal::Unreadable)?;
            let part = decoded(data, self.matrix.first().copied(), max_pixels)?;
            let (across, down) = *size.get_or_insert((part.width, part.height));
            let (left, top) = (u64::from(column) * u64::from(across), u64::from(row) * u64::from(down));
            // Each lies inside, at least in part: so all of them are not much more work than the whole.
            if (part.width, part.height) != (across, down) || left >= u64::from(width) || top >= u64::from(height) {
                return Err(Refusal::Unreadable);
            }
            let (left, top) = (left as usize * 4, top as usize);
            let rows = whole.rgba.chunks_exact_mut(width as usize * 4).skip(top);
            for (to, from) in rows.zip(part.rgba.chunks_exact(part.width as usize * 4)) {
                for (to, from) in to.iter_mut().skip(left).zip(from) {
                    *to = *from;
                }
            }
        }
        Ok(whole)
    }
}

/// What the properties of a kind say, whichever items they are of.
fn properties<T>(iprp: Reader, wanted: &Kind, read: impl Fn(Reader) -> Option<T>) -> Vec<T> {
    let all = boxes(iprp.0).filter(|(kind, _)| kind == b"ipco").flat_map(|(_, body)| boxes(body));
    all.filter(|(kind, _)| kind == wanted).filter_map(|(_, body)| read(Reader(body))).collect()
}

fn kinds(mut iinf: Reader) -> Option<Vec<(u32, Kind)>> {
    let version = iinf.version()?;
    iinf.id(version == 0)?;
    let kind = |(_, body)| {
        let mut infe = Reader(body);
        let version = infe.version()?;
        let id = infe.id(version == 2)?;
        infe.take(2)?;
        Some((id, infe.kind()?))
    };
    Some(boxes(iinf.0).filter(|(kind, _)| kind == b"infe").filter_map(kind).collect())
}

fn extents(mut iloc: Reader) -> Option<Vec<Extent>> {
    let version = iloc.version()?;
    let sizes = iloc.number(2)?;
    let [start, length, base, index] = [12, 8, 4, 0].map(|shift| (sizes >> shift & 15) as usize);
    let mut extents = Vec::new();
    for _ in 0..iloc.id(version < 2)? {
        let id = iloc.id(version < 2)?;
        let is_in_idat = version > 0 && iloc.number(2)? & 15 == 1;
        iloc.take(2)?;
        let base = iloc.number(base)?;
        for _ in 0..iloc.number(2)? {
            iloc.take(if version > 0 { index } else { 0 })?;
            let start = base.checked_add(iloc.number(start)?)?;
            extents.push(Extent { id, is_in_idat, start, length: iloc.number(length)? });
        }
    }
    Some(extents)
}

fn references(mut iref: Reader) -> Option<Vec<Reference>> {
    let is_short = iref.version()? == 0;
    let mut references = Vec::new();
    for (kind, body) in boxes(iref.0) {
        let mut list = Reader(body);
        let from = list.id(is_short)?;
        for _ in 0..list.number(2)? {
            references.push(Reference { kind, from, to: list.id(is_short)? });
        }
    }
    Some(references)
}

/// The boxes that lie one after the other, up to one that is cut short.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
    let mut rest = Reader(bytes);
    std::iter::from_fn(move || {
        let all = rest.0.len();
        let size = rest.number(4)?;
        let kind = rest.kind()?;
        let size = match size {
            0 => all as u64,
            1 => rest.number(8)?,
            size => size,
        };
        let body = size.checked_sub((all - rest.0.len()) as u64)?;
        Some((kind, rest.take(usize::try_from(body).ok()?)?))
    })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    /// Big-endian, of no more than eight bytes.
    fn number(&mut self, length: usize) -> Option<u64> {
        let bytes = self.take(length).filter(|bytes| bytes.len() <= 8)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn kind(&mut self) -> Option<Kind> {
        self.take(4)?.first_chunk().copied()
    }

    /// The version of a box; its flags mean nothing here.
    fn version(&mut self) -> Option<u64> {
        Some(self.number(4)? >> 24)
    }

    fn id(&mut self, is_short: bool) -> Option<u32> {
        u32::try_from(self.number(if is_short { 2 } else { 4 })?).ok()
    }

    /// How many columns, and the size of the whole.
    fn grid(&mut self) -> Option<(u32, u32, u32)> {
        let flags = self.number(2)?;
        let [_rows, columns] = *self.take(2)?.first_chunk()?;
        let is_short = flags & 1 == 0;
        Some((u32::from(columns) + 1, self.id(is_short)?, self.id(is_short)?))
    }
}

/// The picture in an item of AV1, or the finest layer of it.
fn decoded(data: Vec<u8>, matrix: Option<u64>, max_pixels: u64) -> Result<Pixels, Refusal> {
    if data.is_empty() {
        return Err(Refusal::Unreadable);
    }
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(max_pixels).unwrap_or(u32::MAX));
    // One that is not shown is counted, too: otherwise a small file holds work for hours.
    settings.set_output_invisible_frames(true);
    let mut decoder = Decoder::with_settings(&settings).map_err(|_| Refusal::Unreadable)?;
    let mut sent = decoder.send_data(data, None, None, None);
    let mut finest = None;
    for _ in 0..MAX_LAYERS {
        let Ok(picture) = decoder.get_picture() else { break };
        finest = Some(picture);
        if sent.is_ok() {
            break;
        }
        sent = decoder.send_pending_data();
    }
    finest.and_then(|picture| in_rgba(&picture, matrix)).ok_or(Refusal::Unreadable)
}

fn in_rgba(picture: &Picture, matrix: Option<u64>) -> Option<Pixels> {
    let (width, height) = (picture.width(), picture.height());
    let colours = Colours::of(picture, matrix);
    let is_grey = picture.pixel_layout() == PixelLayout::I400;
    let luma = Samples::of(picture, Plane::Y);
    let chroma = (!is_grey).then(|| [Plane::U, Plane::V].map(|plane| Samples::of(picture, plane)));
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for y in 0..height as usize {
        for x in 0..width as usize {
            let level = luma.at(x, y)?;
            let colour = match &chroma {
                None => [colours.level(level); 3],
                Some([blue, red]) => colours.rgb(level, blue.at(x, y)?, red.at(x, y)?),
            };
            rgba.extend(colour.map(|part| (part * 255.0).round() as u8));
            rgba.push(u8::MAX);
        }
    }
    Some(Pixels { width, height, rgba })
}

/// The samples of a plane, from 0 to 1.
struct Samples {
    bytes: re_rav1d::dav1d::Plane,
    stride: usize,
    /// In bytes.
    size: usize,
    max: f32,
    /// How many times a sample stands for two pixels, or one.
    right: usize,
    down: usize,
}

impl Samples {
    fn of(picture: &Picture, plane: Plane) -> Self {
        let depth = picture.bit_depth();
        let (right, down) = match picture.pixel_layout() {
            _ if plane == Plane::Y => (0, 0),
            PixelLayout::I420 => (1, 1),
            PixelLayout::I422 => (1, 0),
            PixelLayout::I400 | PixelLayout::I444 => (0, 0),
        };
        Self {
            bytes: picture.plane(plane),
            stride: picture.stride(plane) as usize,
            size: if depth > 8 { 2 } else { 1 },
            max: ((1_u32 << depth) - 1) as f32,
            right,
            down,
        }
    }

    fn at(&self, x: usize, y: usize) -> Option<f32> {
        let start = (y >> self.down) * self.stride + (x >> self.right) * self.size;
        let bytes = self.bytes.get(start..start + self.size)?;
        let sample = bytes.iter().rev().fold(0_u16, |number, byte| number << 8 | u16::from(*byte));
        Some(f32::from(sample) / self.max)
    }
}

/// What samples mean (ITU-T H.273, 8.3).
struct Colours {
    is_limited: bool,
    /// Green, blue and red as they are.
    is_identity: bool,
    /// How much of the luma is red, and how much blue.
    red: f32,
    blue: f32,
}

impl Colours {
    fn of(picture: &Picture, matrix: Option<u64>) -> Self {
        let (red, blue) = match matrix {
            Some(1) => (0.2126, 0.0722),
            Some(9) => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let is_limited = picture.color_range() == YUVRange::Limited;
        Self { is_limited, is_identity: matrix == Some(0), red, blue }
    }

    fn level(&self, sample: f32) -> f32 {
        if self.is_limited { (sample * 255.0 - 16.0) / 219.0 } else { sample }
    }

    fn difference(&self, sample: f32) -> f32 {
        (sample * 255.0 - 128.0) / if self.is_limited { 224.0 } else { 255.0 }
    }

    fn rgb(&self, luma: f32, blue: f32, red: f32) -> [f32; 3] {
        if self.is_identity {
            return [red, luma, blue].map(|sample| self.level(sample));
        }
        let luma = self.level(luma);
        let red = luma + 2.0 * (1.0 - self.red) * self.difference(red);
        let blue = luma + 2.0 * (1.0 - self.blue) * self.difference(blue);
        [red, (luma - self.red * red - self.blue * blue) / (1.0 - self.red - self.blue), blue]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Each file, cut short anywhere, and with any of its bytes changed: whatever comes of it, it comes at once.
    #[test]
    fn what_is_broken_ends() {
        let mut read = 0;
        for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/qr/avif")).unwrap() {
            let whole = fs::read(file.unwrap().path()).unwrap();
            assert!(is_avif(&whole));
            for at in (0..whole.len()).step_by(23) {
                let mut changed = whole.clone();
                changed[at] ^= 0x80;
                read += [&whole[..at], &changed].iter().filter(|file| super::read(file, 1 << 20).is_ok()).count();
            }
        }
        assert!(read > 0);
    }

    /// An item that says its own picture over and over, each time as a frame that is not shown.
    #[test]
    fn no_more_than_some_layers_are_decoded() {
        let file = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/qr/avif/limited.avif")).unwrap();
        let container = Container::read(&file).unwrap();
        let once = container.data(container.primary).unwrap();
        let picture = decoded(once.repeat(100_000), None, 1 << 20).unwrap();
        assert_eq!(Ok(picture), decoded(once, None, 1 << 20));
        assert_eq!(super::read(&file, 100), Err(Refusal::TooLarge));
    }
}
