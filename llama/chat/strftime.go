package chat

import (
	"fmt"
	"strings"
	"time"
)

// directives maps the directives of C's strftime that templates use to Go's layouts.
var directives = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'd': "02", 'm': "01", 'y': "06", 'Y': "2006",
	'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM", 'Z': "MST", 'z': "-0700", 'j': "002",
}

// strftime formats a time as C's strftime does in the C locale.
func strftime(now time.Time, format string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return "", fmt.Errorf("strftime_now: format %q ends with %%", format)
		}
		layout, ok := directives[format[i]]
		switch {
		case ok:
			out.WriteString(now.Format(layout))
		case format[i] == '%':
			out.WriteByte('%')
		default:
			return "", fmt.Errorf("strftime_now: %%%c is not supported", format[i])
		}
	}
	return out.String(), nil
}
