// Package fault holds the classes of errors that the whole program distinguishes, and the
// details of errors that a caller can act on.
//
// A class is one of the Err... variables. Each package declares its own sentinels with
// [New], which gives them a class, so no central table maps the packages' errors to exit
// codes. A [Detail] states as data what is missing or in the way. Only the command line
// turns details into advice that names flags and commands.
package fault
