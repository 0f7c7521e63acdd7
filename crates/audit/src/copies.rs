//! Duplicate photos.

use std::collections::HashMap;
use std::hash::Hash;

use crate::listing::{Photo, Sorted};
use crate::reason::{LeftOut, Reason};

impl Sorted {
    /// Keeps each content once among the photos, so that none counts twice or is both trained and tested on.
    /// The first of several photos of one class stays and remembers the others' paths; photos of several
    /// classes are all left out. `content` identifies the bytes of a photo; a photo for which it returns
    /// `None` stays. Classes keep their indices, even without photos.
    pub fn take_once<C: Eq + Hash>(&mut self, mut content: impl FnMut(&Photo) -> Option<C>) {
        let mut alike: HashMap<C, Vec<usize>> = HashMap::new();
        for (at, photo) in self.photos.iter().enumerate() {
            if let Some(content) = content(photo) {
                alike.entry(content).or_default().push(at);
            }
        }
        let mut why: Vec<Option<Reason>> = vec![None; self.photos.len()];
        for same in alike.into_values() {
            let Some((&first, copies)) = same.split_first() else { continue };
            let class = |at: usize| self.photos[at].class;
            if copies.iter().any(|&copy| class(copy) != class(first)) {
                for &at in &same {
                    let others = same.iter().filter(|&&other| class(other) != class(at));
                    why[at] =
                        Some(Reason::InOtherClasses(others.map(|&at| self.photos[at].name()).collect()));
                }
                continue;
            }
            for &copy in copies {
                why[copy] = Some(Reason::CopyOf(self.photos[first].name()));
                let path = self.photos[copy].path.clone();
                self.photos[first].copies.push(path);
            }
        }
        for (photo, why) in std::mem::take(&mut self.photos).into_iter().zip(why) {
            match why {
                None => self.photos.push(photo),
                Some(why) => self.left_out.push(LeftOut { path: photo.name(), why }),
            }
        }
        self.left_out.sort_by(|a, b| a.path.cmp(&b.path));
    }
}
