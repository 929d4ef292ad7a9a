"""Sources of images, one file each: a new source is one new file in this folder.

Its functions take the settings of a data set (scaling.networks.data.settings.Dataset):

load(settings) : the arrays and the names of the classes; BadInput in one line that names the file.
check(settings) : None, or ValueError "key: what is allowed" for settings that cannot be, before any file is read.
sizes(settings) : the sizes (scaling.networks.data.sizes.Sizes) where they are known before the images are read.
files(settings) : the files whose change makes the data set another one, as far as they can be watched.
state(settings) : (may be left out) a text that changes when files change that are too many to be listed.
TAKES : (may be left out) keys of a data set that this source has, and not every one.
"""

from scaling.core.registry import Registry

SOURCES = Registry("networks.data.sources", "source")
