// Package host says what the computer has and what this process has used of it:
// memory and disk in bytes, core time, the heap that a call needs. What a system does not tell is 0, never an
// error: these figures inform decisions and reports, and no result depends on them.
package host
