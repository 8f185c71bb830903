package shopware

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

var errTrailing = errors.New("more than one JSON value")

// problem is one error of an answer. It is also an error, for the shop's own calls.
type problem struct {
	status  int
	code    string
	title   string
	detail  string
	pointer string // place in the request, /operation/index/field
	meta    map[string]any
}

func (p *problem) Error() string {
	if p.pointer != "" {
		return fmt.Sprintf("sandbox shopware: %s: %s (%s)", p.pointer, p.detail, p.code)
	}
	return fmt.Sprintf("sandbox shopware: %s (%s)", p.detail, p.code)
}

// Codes of constraint violations, which the shop has from its validator.
const (
	codeBlank  = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
	codeType   = "ba785a8c-82cb-4283-967c-3cf342181b40"
	codeChoice = "8e179f1b-97aa-4560-a02f-2a8b42e49df7"
)

func refuse(status int, code, format string, args ...any) *problem {
	return &problem{status: status, code: code, title: http.StatusText(status), detail: fmt.Sprintf(format, args...)}
}

// violation is a refused value; the title is the shop's for all of them.
func violation(code, pointer, format string, args ...any) *problem {
	return &problem{status: http.StatusBadRequest, code: code, title: "Constraint violation error", pointer: pointer,
		detail: fmt.Sprintf(format, args...)}
}

func (p *problem) appendJSON(b []byte) []byte {
	b = append(b, `{"status":`...)
	b = appendString(b, strconv.Itoa(p.status))
	b = append(b, `,"code":`...)
	b = appendString(b, p.code)
	b = append(b, `,"title":`...)
	b = appendString(b, p.title)
	b = append(b, `,"detail":`...)
	b = appendString(b, strings.ToValidUTF8(p.detail, "?"))
	if p.pointer != "" {
		b = append(b, `,"source":{"pointer":`...)
		b = appendString(b, strings.ToValidUTF8(p.pointer, "?"))
		b = append(b, '}')
	}
	if p.meta != nil {
		b = append(b, `,"meta":`...)
		b = append(b, marshal(p.meta)...)
	}
	return append(b, '}')
}

// answer is a whole answer to a request.
type answer struct {
	status int
	body   []byte
	header map[string]string
}

// refusal answers with errors; its status is the first one's.
func refusal(problems ...*problem) *answer {
	b := []byte(`{"errors":[`)
	for i, p := range problems {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.appendJSON(b)
	}
	return &answer{status: problems[0].status, body: append(b, "]}"...)}
}

func okay(body []byte) *answer { return &answer{status: http.StatusOK, body: body} }
