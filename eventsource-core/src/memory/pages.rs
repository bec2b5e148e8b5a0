//! Entries in order, in pages that never change once they are full, so that a reader takes a page and not each of its entries.

use std::ops::Range;
use std::sync::Arc;

use super::log::Entry;

/// How many entries a page has; so many are taken out of the log at a time.
pub(super) const PAGE: usize = 256;

/// Entries in order.
#[derive(Default)]
pub(super) struct Pages {
    full: Vec<Arc<[Arc<Entry>]>>,
    /// What does not fill a page yet.
    rest: Vec<Arc<Entry>>,
}

/// Entries that were taken out of the log.
pub(super) struct Taken {
    page: Arc<[Arc<Entry>]>,
    within: Range<usize>,
}

impl Taken {
    pub(super) fn of(entries: &[Arc<Entry>]) -> Self {
        Self {
            page: entries.into(),
            within: 0..entries.len(),
        }
    }

    pub(super) fn entries(&self) -> &[Arc<Entry>] {
        self.page.get(self.within.clone()).unwrap_or_default()
    }
}

impl Pages {
    pub(super) fn len(&self) -> usize {
        self.full.len() * PAGE + self.rest.len()
    }

    pub(super) fn push(&mut self, entry: Arc<Entry>) {
        self.rest.push(entry);
        if self.rest.len() == PAGE {
            self.full.push(self.rest.as_slice().into());
            self.rest.clear();
        }
    }

    /// What stands behind so many entries, page by page.
    pub(super) fn after(&self, place: usize) -> impl Iterator<Item = &[Arc<Entry>]> {
        let pages = self.full.iter().map(|page| &**page);
        let pages = pages.chain([self.rest.as_slice()]).skip(place / PAGE);
        pages.enumerate().map(move |(at, page)| {
            let skipped = if at == 0 { place % PAGE } else { 0 };
            page.get(skipped..).unwrap_or_default()
        })
    }

    /// What stands at these places, all of one page.
    pub(super) fn take(&self, range: Range<usize>) -> Taken {
        let at = range.start / PAGE;
        let within = range.start - at * PAGE..range.end - at * PAGE;
        match self.full.get(at) {
            Some(page) => Taken {
                page: Arc::clone(page),
                within,
            },
            None => Taken::of(self.rest.get(within).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::entry_at;
    use super::*;

    fn positions<'a>(entries: impl IntoIterator<Item = &'a Arc<Entry>>) -> Vec<u64> {
        let recorded = entries.into_iter().map(|it| it.recorded());
        recorded.map(|it| it.position.as_raw()).collect()
    }

    #[test]
    fn entries_stand_where_they_were_put_on_both_sides_of_a_page_s_end() {
        for length in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 7] {
            let mut pages = Pages::default();
            for position in 1..=length {
                pages.push(entry_at(position as u64));
            }
            assert_eq!(pages.len(), length);
            for place in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE] {
                let behind: Vec<u64> = (place + 1..=length).map(|it| it as u64).collect();
                assert_eq!(positions(pages.after(place).flatten()), behind);
                let end = ((place / PAGE + 1) * PAGE).min(length);
                if place < end {
                    let taken = pages.take(place..end);
                    assert_eq!(positions(taken.entries()), behind[..end - place]);
                }
            }
        }
    }
}
