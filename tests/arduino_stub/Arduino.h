// As much of Arduino as the reference sketch needs, to run it on a computer: the serial port is the descriptors 0
// and 1, every change of a pin is a line on standard error, and a line "press PIN 1" on a descriptor of its
// own (main.cpp) presses a button.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HIGH 1
#define LOW 0
#define INPUT 0
#define OUTPUT 1
#define INPUT_PULLUP 2
#define constrain(x, low, high) ((x) < (low) ? (low) : ((x) > (high) ? (high) : (x)))

extern int pin_value[64];
extern bool pin_down[64];

inline unsigned long millis() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  static const time_t start_s = now.tv_sec;
  return (unsigned long)((now.tv_sec - start_s) * 1000 + now.tv_nsec / 1000000);
}

inline void pin_changes(int pin, int value) {
  if (pin_value[pin] != value) fprintf(stderr, "pin %d %d\n", pin, value);
  pin_value[pin] = value;
}

inline void pinMode(uint8_t, uint8_t) {}
inline void digitalWrite(uint8_t pin, uint8_t value) { pin_changes(pin, value); }
inline void analogWrite(uint8_t pin, int value) { pin_changes(pin, value); }
inline int digitalRead(uint8_t pin) { return pin_down[pin] ? LOW : HIGH; }

struct SerialPort {
  char buffer[4096];
  int count = 0, next = 0;
  void begin(long) {}
  int available() {
    if (next < count) return count - next;
    next = count = 0;
    ssize_t got = ::read(0, buffer, sizeof buffer);
    if (got > 0) count = (int)got;
    return count;
  }
  int read() { return next < count ? (unsigned char)buffer[next++] : -1; }
  void print(const char *text) {
    ssize_t done = ::write(1, text, strlen(text));
    (void)done;
  }
};

extern SerialPort Serial;
