#pragma once

#include "Arduino.h"

struct Servo {
  int pin = -1;
  void attach(int wanted) { pin = wanted; }
  void write(int degrees) {
    if (pin >= 0) pin_changes(pin, degrees);
  }
};
