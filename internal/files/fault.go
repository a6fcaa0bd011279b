package files

import (
	"fmt"
	"runtime/debug"
	"sync"
	"unsafe"
)

// mappings is the set of open mappings. A fault at an address outside them is a bug in the
// program.
var mappings registry

// registry is a set of mappings.
type registry struct {
	sync.Mutex
	open map[*Mapping]bool
}

// add adds a mapping.
func (r *registry) add(m *Mapping) {
	r.Lock()
	defer r.Unlock()
	if r.open == nil {
		r.open = map[*Mapping]bool{}
	}
	r.open[m] = true
}

// remove removes a mapping.
func (r *registry) remove(m *Mapping) {
	r.Lock()
	defer r.Unlock()
	delete(r.open, m)
}

// at returns the mapping that contains an address, or nil.
func (r *registry) at(address uintptr) *Mapping {
	r.Lock()
	defer r.Unlock()
	for m := range r.open {
		first := uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
		if address >= first && address-first < uintptr(len(m.Data)) {
			return m
		}
	}
	return nil
}

// Faults makes a memory fault in the calling goroutine raise a panic, which Guard
// recognises, instead of ending the process. The returned function restores the previous
// behaviour. A goroutine that reads mapped files for another goroutine must call Faults,
// recover the panic, and pass its value to the waiting goroutine, which panics with it.
func Faults() (undo func()) {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// Guard runs f and returns its error. If f read a page of a mapped file that was truncated
// in the meantime, the error wraps ErrChanged and names the file. Guard does not recover
// other panics.
func Guard(f func() error) (err error) {
	defer Catch(&err)()
	return f()
}

// Catch is Guard for the rest of the calling function, whose error result is *err: defer
// Catch(&err)().
func Catch(err *error) (done func()) {
	undo := Faults()
	return func() {
		undo()
		if cause := recover(); cause != nil {
			if *err = faulted(cause); *err == nil {
				panic(cause)
			}
		}
	}
}

// faulted returns the error for a panic caused by a fault in a mapped file, and nil for
// other panics.
func faulted(cause any) error {
	fault, ok := cause.(interface{ Addr() uintptr })
	if !ok {
		return nil
	}
	m := mappings.at(fault.Addr())
	if m == nil {
		return nil
	}
	return fmt.Errorf("%s was truncated while it was open, expected %d bytes: %w", m.path, len(m.Data), ErrChanged)
}
