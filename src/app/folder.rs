//! The vault in a folder of the person's, where the organisation lets it be there.

use super::guard;
use crate::protocol::BackupFolder;
use platform::Platform;
use vault::folder::{self, Folder};

/// After a change, and whenever one may have been missed.
pub async fn save_copy(p: &impl Platform, folder: &impl Folder) {
    if guard::policy(p).await.view().backup_folder != BackupFolder::Off {
        folder::save(p, folder).await;
    }
}
