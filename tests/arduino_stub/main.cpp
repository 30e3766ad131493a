// Runs the sketch until whoever started it closes the descriptor that is its one argument, or is gone.
#include <fcntl.h>
#include <stdlib.h>

#include "Arduino.h"

int pin_value[64];
bool pin_down[64];
SerialPort Serial;

void setup();
void loop();

static void read_presses(int hand) {
  static char line[64];
  static int length = 0;
  char c;
  ssize_t got;
  while ((got = ::read(hand, &c, 1)) != -1) {
    if (got == 0) exit(0);  // whoever started this is gone
    if (c != '\n' && length < 63) {
      line[length++] = c;
      continue;
    }
    line[length] = 0;
    length = 0;
    int pin, down;
    if (sscanf(line, "press %d %d", &pin, &down) == 2 && pin >= 0 && pin < 64) pin_down[pin] = down != 0;
  }
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  int hand = atoi(arguments[1]);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  fcntl(hand, F_SETFL, fcntl(hand, F_GETFL) | O_NONBLOCK);
  setup();
  for (;;) {
    loop();
    read_presses(hand);
    usleep(200);
  }
}
