// Package fault holds the classes of errors that the whole program tells apart, and the
// details of errors that a caller can do something about.
//
// A class is one of the Err... variables. Each package declares its own sentinels with [New],
// which ties them to a class, so that no table of errors stands between the packages and the
// exit codes. A [Detail] says what is missing or in the way, as data: the command line, and
// it alone, turns details into advice that names flags and commands.
package fault
