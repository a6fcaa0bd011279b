//go:build !unix

package files

import "io/fs"

var umask fs.FileMode
