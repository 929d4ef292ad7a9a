"""Sources of data sets, one file each: a new source is one new file in this folder.

Its functions take the settings of a data set (scaling.networks.data.settings.Dataset):

load(settings) : the arrays and the names of the classes; BadInput in one line that names the file.
check(settings) : None, or ValueError "key: what is allowed" for settings that cannot be, before any file is read.
sizes(settings) : the sizes (scaling.networks.data.sizes.Sizes) where they are known before the images are read.
files(settings) : the files whose change makes the data set another one, as far as they can be watched.

What else a source may have:

KIND : the kind of its examples (scaling.networks.shape.KINDS); images, if it says nothing.
TAKES : keys of a data set that not every source takes.
state(settings) : a text that changes when what it reads does, where files are too many to be listed.
provenance(settings) : what else its provenance says.
"""

from scaling.core.registry import Registry

SOURCES = Registry("networks.data.sources", "source")
