// Package keyfile makes and opens the files of commitment keys, with progress and with details
// of what is missing. Their format and every check of their points are package commit's.
package keyfile
