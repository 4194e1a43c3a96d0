//! The learner's own machine: the images of its Docker, the registries it is logged in to, the cookies that curl keeps.
use std::sync::Arc;

use super::compute::packed::Packed;
use super::limits;
use super::time::SimTime;
use crate::cloud::map::Map;

/// The learner's Docker. Only its own words in the terminal change it.
#[derive(Clone, Debug, Default)]
pub struct Docker {
    images: Vec<Arc<LocalImage>>,
    logins: Map<Arc<str>, Arc<str>>,
    jars: Map<Arc<str>, Arc<str>>,
}

/// An image on the learner's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalImage {
    /// The image.
    pub packed: Packed,
    /// What it is called, in full: `docker.io/library/web:v1`.
    pub names: Vec<Arc<str>>,
    /// When it was made.
    pub created: SimTime,
    /// The instructions that made it, the first one first; each with the place of its layer, where it made one.
    pub history: Vec<(Arc<str>, Option<usize>)>,
}

impl Docker {
    /// All images, oldest first.
    pub fn images(&self) -> impl DoubleEndedIterator<Item = &Arc<LocalImage>> {
        self.images.iter()
    }

    /// The image of a full name, or of the beginning of an id.
    pub fn find(&self, name: &str, short: &str) -> Option<&Arc<LocalImage>> {
        let named = |image: &&Arc<LocalImage>| image.names.iter().any(|one| **one == *name);
        let is_id = short.len() >= 4 && short.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.images.iter().find(named).or_else(|| {
            let by_id = |image: &&Arc<LocalImage>| image.packed.id().contains(&format!(":{short}"));
            self.images.iter().find(|image| is_id && by_id(image))
        })
    }

    /// Gives an image a name, which any other image loses. The oldest image goes when there are too many.
    pub fn name(&mut self, image: LocalImage, name: &str) {
        for other in &mut self.images {
            if other.names.iter().any(|one| **one == *name) {
                Arc::make_mut(other).names.retain(|one| **one != *name);
            }
        }
        let at = self.images.iter().position(|known| known.packed == image.packed);
        let at = at.unwrap_or_else(|| {
            if self.images.len() >= limits::LOCAL_IMAGES {
                self.images.remove(0);
            }
            self.images.push(Arc::new(LocalImage { names: Vec::new(), ..image }));
            self.images.len().saturating_sub(1)
        });
        if let Some(known) = self.images.get_mut(at) {
            Arc::make_mut(known).names.push(Arc::from(name));
        }
    }

    /// A layer with this digest is there.
    pub fn has_layer(&self, digest: &str) -> bool {
        self.images.iter().any(|image| image.packed.layers.iter().any(|one| *one.digest == *digest))
    }

    /// Keeps the password for a registry.
    pub fn log_in(&mut self, registry: &str, password: &str) {
        self.logins.insert(Arc::from(registry), Arc::from(password));
    }

    /// The password for a registry.
    pub fn password(&self, registry: &str) -> Option<&str> {
        self.logins.get(registry).map(|password| &**password)
    }

    /// Keeps the cookies of a server in a file. The first of the files goes when there are too many.
    pub fn keep_cookies(&mut self, file: &str, cookies: &str) {
        if self.jars.len() >= limits::COOKIE_FILES && !self.jars.contains_key(file) {
            self.jars.pop_first();
        }
        self.jars.insert(Arc::from(file), Arc::from(cookies));
    }

    /// The cookies in a file.
    pub fn cookies(&self, file: &str) -> Option<&str> {
        self.jars.get(file).map(|cookies| &**cookies)
    }
}
