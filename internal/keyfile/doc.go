// Package keyfile creates and opens files of commitment keys, reports progress, and adds
// details to errors. Package commit defines their format and checks their points.
package keyfile
